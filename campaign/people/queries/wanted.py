"""Which people a list is narrowed to, as conditions of one statement."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ARRAY, ColumnElement, Select, Text, Uuid, cast, func, literal, or_, select

from campaign.kernel.db import is_none_of
from campaign.kernel.registry_people import people_within
from campaign.people.models import (
    Consent,
    FieldKind,
    Person,
    PersonFieldValue,
    PersonIdentity,
    PersonTag,
)
from campaign.people.queries.ladder import people_at
from campaign.people.queries.segments import members_of

GROUP = "group"
SORTS = ("name", "since", "country", "active")
NONE = "-"
"""In the place of a value: that there is none."""


@dataclass(frozen=True, slots=True)
class WantedField:
    """What one field of our own must hold; text is sealed and can only be there or not."""

    field_id: uuid.UUID
    kind: FieldKind
    word: str = ""
    """An option; yes or no; NONE: nothing is filled in; "any": something is."""
    least: Decimal | date | None = None
    most: Decimal | date | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the list, and its order. Empty: it does not."""

    text: str = ""
    """A part of a name, or an exact address, number or name in a messenger."""
    country: str = ""
    language: str = ""
    spoken: str = ""
    skill: str = ""
    availability: str = ""
    tags: tuple[uuid.UUID, ...] = ()
    without_tags: tuple[uuid.UUID, ...] = ()
    consent: str = ""
    """A purpose to which there is a current consent; NONE: to nothing."""
    without_consent: str = ""
    kept_for: str = ""
    since_from: date | None = None
    since_to: date | None = None
    active_from: date | None = None
    active_to: date | None = None
    """Last active on that day or earlier, or never as far as anything is known."""
    reached: str = ""
    """A kind of identity that is known; NONE: no way to reach them is."""
    not_reached: str = ""
    group: uuid.UUID | None = None
    fields: tuple[WantedField, ...] = ()
    segment: tuple[uuid.UUID, str] | None = None
    """A segment, and the audience for which it is asked."""
    ladder: str = ""
    """Where on the ladder: as queries/ladder.people_at reads it."""
    sort: str = "name"

    @property
    def column(self) -> str:
        """By what it is ordered."""
        return self.sort.removeprefix("-")

    @property
    def is_falling(self) -> bool:
        """Whether the last comes first."""
        return self.sort.startswith("-")


def conditions_of(wanted: Wanted) -> list[ColumnElement[bool]]:
    """All that the database can answer: everything but the names."""
    found = [*_of_record(wanted), *_of_tags(wanted), *_of_consents(wanted), *_of_identities(wanted)]
    found += [condition for each in wanted.fields for condition in _of_field(each)]
    if wanted.segment is not None:
        found.append(Person.id.in_(members_of(*wanted.segment)))
    if wanted.ladder:
        found.append(Person.id.in_(people_at(wanted.ladder)))
    if wanted.group is not None:
        found.append(Person.id.in_(people_within[GROUP](frozenset({wanted.group}))))
    return found


def _of_record(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.country:
        found.append(Person.country.is_(None) if wanted.country == NONE else Person.country == wanted.country)
    if wanted.language:
        found.append(Person.language == wanted.language)
    for column, word in (
        (Person.spoken, wanted.spoken), (Person.skills, wanted.skill), (Person.availability, wanted.availability),
    ):  # fmt: skip
        if word:
            found.append(column.contains([word]))
    if wanted.kept_for:
        found.append(Person.kept_for == wanted.kept_for)
    if wanted.since_from is not None:
        found.append(Person.since_on >= wanted.since_from)
    if wanted.since_to is not None:
        found.append(Person.since_on <= wanted.since_to)
    if wanted.active_from is not None:
        found.append(Person.active_on >= wanted.active_from)
    if wanted.active_to is not None:
        found.append(or_(Person.active_on <= wanted.active_to, Person.active_on.is_(None)))
    return found


def _of_tags(wanted: Wanted) -> list[ColumnElement[bool]]:
    def carrying(tag: uuid.UUID) -> Select[uuid.UUID]:
        return select(PersonTag.person_id).where(PersonTag.tag_id == tag)

    found = [Person.id.in_(carrying(tag)) for tag in wanted.tags]
    return found + [is_none_of(Person.id, carrying(tag)) for tag in wanted.without_tags]


def _of_consents(wanted: Wanted) -> list[ColumnElement[bool]]:
    current = select(Consent.person_id).where(Consent.ended_on.is_(None))
    found: list[ColumnElement[bool]] = []
    if wanted.consent == NONE:
        found.append(is_none_of(Person.id, current))
    elif wanted.consent:
        found.append(Person.id.in_(current.where(Consent.purpose == wanted.consent)))
    if wanted.without_consent:
        found.append(is_none_of(Person.id, current.where(Consent.purpose == wanted.without_consent)))
    return found


def _of_identities(wanted: Wanted) -> list[ColumnElement[bool]]:
    known = select(PersonIdentity.person_id)
    found: list[ColumnElement[bool]] = []
    if wanted.reached == NONE:
        found.append(is_none_of(Person.id, known))
    elif wanted.reached:
        found.append(Person.id.in_(known.where(PersonIdentity.kind == wanted.reached)))
    if wanted.not_reached:
        found.append(is_none_of(Person.id, known.where(PersonIdentity.kind == wanted.not_reached)))
    return found


def _of_field(wanted: WantedField) -> list[ColumnElement[bool]]:
    filled = select(PersonFieldValue.person_id).where(PersonFieldValue.field_id == wanted.field_id)
    if wanted.word == NONE:
        return [is_none_of(Person.id, filled)]
    held = filled
    if wanted.kind is FieldKind.CHOICE and wanted.word:
        held = held.where(PersonFieldValue.word == wanted.word)
    elif wanted.kind is FieldKind.YES_NO and wanted.word:
        held = held.where(PersonFieldValue.flag.is_(wanted.word == "yes"))
    column = PersonFieldValue.number if wanted.kind is FieldKind.NUMBER else PersonFieldValue.day
    if wanted.least is not None:
        held = held.where(column >= wanted.least)
    if wanted.most is not None:
        held = held.where(column <= wanted.most)
    return [Person.id.in_(held)]


def is_one_of(ids: Iterable[str], column: ColumnElement[uuid.UUID] | None = None) -> ColumnElement[bool]:
    """That somebody is one of `ids` (32 hexadecimal digits each), however many: one text is sent, read once and hashed.

    Compared with `ANY` of it, the server would read the text anew for every row.
    """
    given = literal("{" + ",".join(ids) + "}", Text)
    one = Person.id if column is None else column
    return one.in_(select(func.unnest(cast(given, ARRAY(Uuid)))))
