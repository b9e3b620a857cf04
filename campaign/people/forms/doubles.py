"""Two records beside each other: what each has, and where one chooses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.people.forms import words
from campaign.people.forms.values import shown
from campaign.people.models import Person
from campaign.people.queries import person_page
from campaign.people.queries.doubles import Stays
from campaign.people.queries.likeness import Reason
from campaign.people.service.merged_rows import Since
from campaign.people.service.records import name_of
from campaign.web.countries import country_name
from campaign.web.i18n import LANGUAGES, current_language, day_of

REASON_WORDS = {
    Reason.SAME_NAME: _l("the same name"), Reason.LETTERS: _l("the same name in other letters"),
    Reason.SWAPPED: _l("first and last name turned around"), Reason.SLIP: _l("a slip of the hand"),
    Reason.PET_NAME: _l("a pet name"), Reason.PART: _l("a part of the name is missing"),
    Reason.MAILBOX: _l("addresses that begin alike"), Reason.NUMBER: _l("numbers that begin alike"),
    Reason.COUNTRY: _l("the same country"),
}  # fmt: skip
STAYS_WORDS = {
    Stays.HELPS: _l("suggested: somebody signs in with it"), Stays.RICHER: _l("suggested: more hangs on it"),
    Stays.OLDER: _l("suggested: it is the older one"), Stays.EITHER: _l("suggested: either would do"),
}  # fmt: skip
_TABLES = {
    "person": _l("the record"), "person_identity": _l("ways to reach them"), "consent": _l("what they agreed to"),
    "person_tag": _l("tags"), "person_field_value": _l("our own fields"), "person_note": _l("notes"),
    "interaction": _l("the timeline"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that both may have."""

    key: str
    """By which the form says whose is taken; empty where both are kept."""
    label: str
    one: str
    other: str

    @property
    def is_choice(self) -> bool:
        """Whether one has to choose."""
        return bool(self.key and self.one and self.other and self.one != self.other)


def compared(one: Person, other: Person) -> list[Line]:
    """What the two have, line by line, in the reader's words."""
    language = current_language()
    found = [
        Line("name", _("Name"), name_of(one), name_of(other)),
        Line("language", _("Language"), *(LANGUAGES.get(each.language, each.language) for each in (one, other))),
        Line("country", _("Country"), *(country_name(each.country, language) if each.country else ""
                                         for each in (one, other))),
        Line("", _("Known since"), *(day_of(each.since_on) for each in (one, other))),
        Line("", _("Why there is a record"),
             *(words.word_of(words.KEPT_FOR_WORDS, each.kept_for) for each in (one, other))),
        Line("", _("Speaks"), *(", ".join(map(words.language_word, each.spoken)) for each in (one, other))),
        Line("", _("Can do"), *(words.words_of_all(words.SKILL_WORDS, each.skills) for each in (one, other))),
        Line("", _("Has time"),
             *(words.words_of_all(words.AVAILABILITY_WORDS, each.availability) for each in (one, other))),
        Line("", _("Tags"),
             *(", ".join(tag.name for tag in person_page.list_tags_of(each.id)) for each in (one, other))),
        Line("", _("What they agreed to"), *(_agreed(each) for each in (one, other))),
        Line("", _("Ways to reach them"), *(str(len(person_page.list_identities(each.id))) for each in (one, other))),
        Line("", _("Notes"), *(str(len(person_page.list_note_days(each.id))) for each in (one, other))),
        Line("", _("Lines of the timeline"),
             *(str(len(person_page.list_interactions(each.id))) for each in (one, other))),
    ]  # fmt: skip
    theirs = {each.field.id: each for each in person_page.list_values(other.id, with_put_away=True)}
    for held in person_page.list_values(one.id, with_put_away=True):
        second = theirs.pop(held.field.id, None)
        label = held.field.label_in(language)
        found.append(Line(str(held.field.id), label, shown(held), shown(second) if second else ""))
    return [line for line in found if line.one or line.other]


def reasons_in_words(reasons: Iterable[str]) -> str:
    """Why two were suggested."""
    return words.words_of_all(REASON_WORDS, reasons)


def since_in_words(since: Sequence[Since]) -> str:
    """What was done to the merged record and stays, in one line."""
    return ", ".join(dict.fromkeys(str(_TABLES.get(each.table, _("other entries"))) for each in since))


def _agreed(person: Person) -> str:
    current = [each.purpose for each in person_page.list_consents(person.id) if each.ended_on is None]
    return words.words_of_all(words.PURPOSE_WORDS, dict.fromkeys(current))
