"""What a column of a list of people can mean, and how people head such columns."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.tables import guess_mapping
from campaign.kernel.tables.fields import BadMapping, Field, check_mapping, field
from campaign.people.models import PeopleImportMapping, PersonField

REACHED_BY = ("email", "phone", "messenger")
FIELDS = (
    field("name", N_("Whole name in one column"),
          "ФИО | Ф.И.О. | Имя и фамилия | Фамилия и имя | Фамилия Имя Отчество | Полное имя | Full name | Name"
          " | Vor- und Nachname | Контакт | Contact | Kontakt | Человек | Person | Display name | Имя, фамилия"),
    field("first_name", N_("First name"), "Имя | First name | Given name | Forename | Vorname"),
    field("middle_name", N_("Patronymic or middle name"), "Отчество | Patronymic | Middle name | Zweiter Vorname"),
    field("last_name", N_("Last name"), "Фамилия | Last name | Surname | Family name | Nachname | Familienname"),
    field("email", N_("E-mail"),
          "E-mail | Email | Mail | Почта | Электронная почта | Эл. почта | Эл. адрес | Адрес электронной почты | Имейл"
          " | Мейл | E-mail address | Email address | E-Mail-Adresse | Mailadresse", may_repeat=True),
    field("phone", N_("Telephone"),
          "Телефон | Тел. | Мобильный | Мобильный телефон | Номер телефона | Phone | Phone number | Mobile"
          " | Mobile phone | Cell | Cell phone | Tel | Telephone | Telefon | Telefonnummer | Handy | Handynummer"
          " | Mobiltelefon | WhatsApp", may_repeat=True),
    field("messenger", N_("Messenger"),
          "Телеграм | Телеграмм | Telegram | TG | ТГ | Мессенджер | Messenger | Ник | Ник в телеграме | Username"
          " | Telegram username | Signal", may_repeat=True),
    field("country", N_("Country"), "Страна | Страна проживания | Country | Country of residence | Land"),
    field("language", N_("Language to write in"),
          "Язык | Язык писем | Язык рассылки | Language | Preferred language | Mail language | Sprache"),
    field("spoken", N_("Languages spoken"),
          "Языки | Знание языков | Владеет языками | Languages | Languages spoken | Spoken languages | Sprachen"
          " | Sprachkenntnisse", may_repeat=True),
    field("skills", N_("Skills"),
          "Навыки | Умения | Чем может помочь | Skills | Can help with | Fähigkeiten | Kenntnisse", may_repeat=True),
    field("tags", N_("Tags, parted by commas"),
          "Теги | Тэги | Тег | Метки | Метка | Tags | Tag | Labels | Label | Schlagworte | Schlagwörter",
          may_repeat=True),
    field("since", N_("With us since"),
          "С нами с | Дата | Дата регистрации | Дата добавления | Дата вступления | Отметка времени | Since | Date"
          " | Joined | Date joined | Registered | Created | Member since | Timestamp | Seit | Datum | Mitglied seit"
          " | Beigetreten | Zeitstempel"),
    field("note", N_("Note, sealed"),
          "Заметка | Заметки | Примечание | Примечания | Комментарий | Комментарии | Note | Notes | Comment | Comments"
          " | Remark | Notiz | Notizen | Bemerkung | Kommentar", may_repeat=True),
)  # fmt: skip
OWN = "field:"
"""Before the slug of a field that staff defined."""
_NUMBERED = re.compile(r"\s*(?:\(\d+\)|№?\s*\d+)$")


def known_fields(language: str = "en") -> dict[str, Field]:
    """What a column can mean today, the fields that staff defined among it, these named in `language`."""
    statement = select(PersonField).where(PersonField.put_away_on.is_(None)).order_by(PersonField.position)
    own = [
        Field(OWN + each.slug, each.label_in(language), (each.slug, *map(str, each.labels.values())))
        for each in session.scalars(statement)
    ]
    return {each.name: each for each in (*FIELDS, *own)}


def own_by_id(language: str = "en") -> dict[str, Field]:
    """The fields that staff defined by their ids, those that were put away too."""
    return {str(each.id): Field(str(each.id), each.label_in(language)) for each in session.scalars(select(PersonField))}


def propose_mapping(headings: Sequence[str]) -> dict[str, str]:
    """Heading > field: as the same headings were named last time, else as they say."""
    fields = known_fields()
    remembered = session.get(PeopleImportMapping, _key(headings))
    if remembered is not None:
        return {heading: name for heading, name in remembered.mapping.items() if name in fields}
    guessed = guess_mapping(headings, {each.name: each.synonyms for each in fields.values()})
    plain = {heading: _NUMBERED.sub("", heading) for heading in headings if heading not in guessed}
    repeatable = {each.name: each.synonyms for each in fields.values() if each.may_repeat}
    for heading, bare in plain.items():
        # "E-mail 2" beside "E-mail": each is looked at alone, since a field is guessed once a table.
        found = guess_mapping([bare], repeatable)
        if bare in found:
            guessed[heading] = found[bare]
    return {heading: guessed[heading] for heading in headings if heading in guessed}


def remember_mapping(headings: Sequence[str], mapping: Mapping[str, str]) -> None:
    """Keep what the columns of a file with these headings mean."""
    row = {"headings_key": _key(headings), "mapping": dict(mapping), "used_on": clock.today()}
    statement = insert(PeopleImportMapping).values(row)
    new = {name: row[name] for name in ("mapping", "used_on")}
    session.execute(statement.on_conflict_do_update(index_elements=["headings_key"], set_=new))


def checked_mapping(headings: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping as it can be used. Raises BadMapping."""
    chosen = check_mapping(headings, mapping, known_fields())
    if not set(chosen.values()) & set(REACHED_BY):
        raise BadMapping(N_("One column must hold a way to reach people: e-mail, telephone or messenger."))
    return chosen


def _key(headings: Sequence[str]) -> bytes:
    return hashlib.sha256("\x1f".join(headings).encode()).digest()
