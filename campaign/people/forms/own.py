"""The form in which somebody corrects their own record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from campaign.people.forms.boxes import Boxes, language_choices, offered
from campaign.people.forms.words import AVAILABILITY_WORDS, SKILL_WORDS
from campaign.people.models import MOST_TASKS_A_WEEK, Person
from campaign.people.service.records import LONGEST_NAME, PersonDraft, draft_of
from campaign.web.countries import country_options
from campaign.web.fields import VersionForm, line
from campaign.web.i18n import LANGUAGES, current_language

MOST_COLUMNS, LONGEST_CELL = 5, 80


class OwnForm(VersionForm):
    """What somebody says of themselves."""

    name = line(_l("What we call you"), LONGEST_NAME)
    language = SelectField(_l("Write to me in"), choices=offered(LANGUAGES))
    country = SelectField(_l("The country I live in"), validators=[Optional()])
    spoken = Boxes(_l("I speak"))
    skills = Boxes(_l("I can help with"), choices=offered(SKILL_WORDS))
    availability = Boxes(_l("I have time"), choices=offered(AVAILABILITY_WORDS))
    tasks_a_week = IntegerField(
        _l("Tasks a week I can take on"),
        validators=[
            Optional(),
            NumberRange(0, MOST_TASKS_A_WEEK, _l("A number from 0 to %(most)s.", most=MOST_TASKS_A_WEEK)),
        ],
    )

    def __init__(self, *, held: Iterable[str] = (), **more: Any) -> None:
        super().__init__(**more)
        self.spoken.choices = language_choices(held)
        self.country.choices = [SelectChoice("", _("I would rather not say")), *country_options(current_language())]

    def show(self, person: Person) -> None:
        """Fill in what is stored."""
        draft = draft_of(person)
        self.name.data, self.language.data, self.country.data = draft.name, draft.language, draft.country or ""
        self.spoken.data, self.skills.data = list(draft.spoken), list(draft.skills)
        self.availability.data, self.tasks_a_week.data = list(draft.availability), draft.tasks_a_week
        self.version.data = str(person.version)

    def draft(self) -> PersonDraft:
        """What was typed."""
        return PersonDraft(
            name=self.name.data or "", language=self.language.data, country=self.country.data or None,
            spoken=tuple(self.spoken.data or ()), skills=tuple(self.skills.data or ()),
            availability=tuple(self.availability.data or ()), tasks_a_week=self.tasks_a_week.data,
        )  # fmt: skip


def as_json(value: Any) -> Any:
    """What `json` does not know by itself: days as 2026-11-26."""
    return value.isoformat() if isinstance(value, date) else str(value)


def said(value: Any, words: Mapping[str, Any], day: Any) -> str:
    """One value of an export as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, date):
        return str(day(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(said(each, words, day) for each in value) or "–"
    text = str(value)
    return _word(words[text]) if text in words else text


def named(name: str, words: Mapping[str, Any]) -> str:
    """What the field of an export is called where people read it."""
    return _word(words[name]) if name in words else name.replace("_", " ").capitalize()


def is_wide(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether rows are better read one under another than as a table: many columns, or long texts among them."""
    return len(rows[0]) > MOST_COLUMNS or any(len(str(each)) > LONGEST_CELL for row in rows for each in row.values())


def _word(marked: Any) -> str:
    # Marked with N_ it is a text to be looked up; lazy ones look themselves up.
    return str(_(marked) if isinstance(marked, str) else marked)
