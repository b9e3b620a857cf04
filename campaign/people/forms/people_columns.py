"""Columns of a list of people: what each is called, and what stands in its cells."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l

from campaign.people.forms.people_filters import OWN_COLUMNS
from campaign.people.forms.words import (
    AVAILABILITY_WORDS,
    IDENTITY_WORDS,
    KEPT_FOR_WORDS,
    PURPOSE_WORDS,
    SKILL_WORDS,
    language_word,
    word_of,
    words_of_all,
    yes_or_no,
)
from campaign.people.models import FieldKind, PersonField
from campaign.people.service.listing import Row, Shown
from campaign.web.countries import country_name
from campaign.web.i18n import current_language, day_of

NOTHING = "–"
TAGS = "tags"
LABELS = {
    "country": _l("Country"), "language": _l("Language"), "spoken": _l("Speaks"), "skills": _l("Skills"),
    "availability": _l("Has time"), "tasks": _l("Tasks a week"), TAGS: _l("Tags"), "consents": _l("Agreed to"),
    "kept": _l("Kept because"), "source": _l("Comes from"), "since": _l("Since"), "active": _l("Last activity"),
    "reached": _l("Reached by"),
}  # fmt: skip
SORTED_BY = frozenset({"country", "since", "active"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it is shown."""

    key: str
    label: str
    is_sortable: bool = False
    is_number: bool = False
    field_id: uuid.UUID | None = None


def columns_of(keys: Sequence[str], fields: Sequence[PersonField]) -> list[Column]:
    """The chosen columns, in their order."""
    known = {f"f.{each.slug}": each for each in fields}
    return [_own_field(key, known[key]) if key in known else _own(key) for key in keys]


def all_columns(fields: Sequence[PersonField]) -> list[Column]:
    """Every column there is."""
    return columns_of([*OWN_COLUMNS, *(f"f.{each.slug}" for each in fields)], fields)


def shown_by(keys: Sequence[str], fields: Sequence[PersonField]) -> Shown:
    """What has to be read for these columns."""
    return Shown(
        tags=TAGS in keys, consents="consents" in keys, reached="reached" in keys,
        fields=[each for each in fields if f"f.{each.slug}" in keys],
    )  # fmt: skip


def cell(row: Row, column: Column) -> str:
    """What stands in one cell, but for tags, which stand as a list."""
    if column.field_id is not None:
        return _value(row.values.get(column.field_id))
    return _CELLS[column.key](row) or NOTHING


def _own(key: str) -> Column:
    return Column(key, str(LABELS[key]), key in SORTED_BY, key == "tasks")


def _own_field(key: str, of: PersonField) -> Column:
    return Column(key, of.label_in(current_language()), is_number=of.kind == FieldKind.NUMBER, field_id=of.id)


def _value(held: object) -> str:
    if held is None:
        return NOTHING
    if isinstance(held, bool):
        return yes_or_no(held)
    if isinstance(held, Decimal):
        return str(format_decimal(held))
    return day_of(held) if isinstance(held, date) else str(held)


def _country(row: Row) -> str:
    return country_name(row.person.country, current_language()) if row.person.country else ""


_CELLS: Mapping[str, Callable[[Row], str]] = {
    "country": _country,
    "language": lambda row: language_word(row.person.language),
    "spoken": lambda row: ", ".join(map(language_word, row.person.spoken)),
    "skills": lambda row: words_of_all(SKILL_WORDS, row.person.skills),
    "availability": lambda row: words_of_all(AVAILABILITY_WORDS, row.person.availability),
    "tasks": lambda row: "" if row.person.tasks_a_week is None else str(format_decimal(row.person.tasks_a_week)),
    TAGS: lambda row: ", ".join(row.tags),
    "consents": lambda row: words_of_all(PURPOSE_WORDS, row.purposes),
    "kept": lambda row: word_of(KEPT_FOR_WORDS, row.person.kept_for),
    "source": lambda row: row.person.source,
    "since": lambda row: day_of(row.person.since_on),
    "reached": lambda row: words_of_all(IDENTITY_WORDS, row.reached),
    "active": lambda row: day_of(row.person.active_on) if row.person.active_on else "",
}
