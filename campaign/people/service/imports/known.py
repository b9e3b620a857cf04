"""What is known of people already, many at once, and what a row would add to it."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.people.models import (
    FIELD_TEXT,
    NAME,
    NOTE,
    SCOPE,
    Basis,
    Consent,
    IdentityKind,
    Person,
    PersonFieldValue,
    PersonIdentity,
    PersonNote,
    PersonTag,
    Purpose,
    Tag,
)
from campaign.people.service.identities import Reached
from campaign.people.service.imports.reading import Reading
from campaign.people.service.imports.upload import Choices

Key = tuple[str, bytes]
"""Kind and blind index of a way to reach somebody."""
PURPOSES = (Purpose.NEWS, Purpose.CALLS)
"""What a list can say that people agreed to."""
FLAT = ("name", "country", "language", "spoken", "skills", "since_on")


@dataclass(slots=True)
class Known:
    """One person as far as an import can add to them."""

    id: uuid.UUID
    flat: dict[str, Any]
    """The fields of FLAT, as JSON."""
    keys: set[Key] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    """In lower case."""
    values: dict[str, Any] = field(default_factory=dict)
    value_rows: dict[str, uuid.UUID] = field(default_factory=dict)
    """By the id of the field: the row that holds its value."""
    notes: set[str] = field(default_factory=set)
    agrees: set[str] = field(default_factory=set)
    """To which of PURPOSES."""
    ended_on: dict[str, date] = field(default_factory=dict)
    """By purpose: when they last took it back."""


@dataclass(slots=True)
class Additions:
    """What a row adds to somebody, or to nobody yet."""

    flat: dict[str, Any] = field(default_factory=dict)
    reached: list[Reached] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    consents: list[Purpose] = field(default_factory=list)

    def names(self) -> list[str]:
        """The fields concerned, for the preview; a field of our own by its id."""
        found = [name for name in FLAT if name in self.flat]
        found += sorted({each.kind.value for each in self.reached})
        found += ["tags"] * bool(self.tags) + ["note"] * bool(self.note) + ["consent"] * bool(self.consents)
        return found + sorted(self.values)


def find_owners(keys: Collection[Key]) -> dict[Key, uuid.UUID]:
    """Who is reached in these ways."""
    by_kind: dict[str, list[bytes]] = defaultdict(list)
    for kind, index in keys:
        by_kind[kind].append(index)
    owners = {}
    for kind, indexes in by_kind.items():
        statement = select(PersonIdentity.value_index, PersonIdentity.person_id).where(
            PersonIdentity.kind == kind, PersonIdentity.value_index.in_(indexes)
        )
        owners.update({(kind, index): person for index, person in session.execute(statement)})
    return owners


def lock_people(ids: Collection[uuid.UUID]) -> None:
    """Hold these records until the transaction ends, in one order, so that two imports cannot block each other."""
    if ids:
        session.execute(select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update())


def read_known(ids: Collection[uuid.UUID], *, with_notes: bool) -> dict[uuid.UUID, Known]:
    """What is known of these people, with one question a table."""
    if not ids:
        return {}
    columns = (Person.id, Person.name_sealed, Person.country, Person.language, Person.spoken, Person.skills,
               Person.since_on)  # fmt: skip
    known = {
        row.id: Known(row.id, {
            "name": "" if row.name_sealed is None else NAME.unseal(SCOPE, row.id, row.name_sealed),
            "country": row.country or "", "language": row.language, "spoken": list(row.spoken),
            "skills": list(row.skills), "since_on": row.since_on.isoformat(),
        })
        for row in session.execute(select(*columns).where(Person.id.in_(ids)))
    }  # fmt: skip
    identity = select(PersonIdentity.person_id, PersonIdentity.kind, PersonIdentity.value_index)
    for person, kind, index in session.execute(identity.where(PersonIdentity.person_id.in_(ids))):
        known[person].keys.add((kind, index))
    tag = select(PersonTag.person_id, Tag.name).join(Tag, Tag.id == PersonTag.tag_id)
    for person, name in session.execute(tag.where(PersonTag.person_id.in_(ids))):
        known[person].tags.add(name.lower())
    for value in session.scalars(select(PersonFieldValue).where(PersonFieldValue.person_id.in_(ids))):
        known[value.person_id].values[str(value.field_id)] = value_as_json(value)
        known[value.person_id].value_rows[str(value.field_id)] = value.id
    consent = select(Consent.person_id, Consent.purpose, Consent.ended_on).where(
        Consent.purpose.in_(PURPOSES), Consent.subject.is_(None)
    )
    for person, purpose, ended in session.execute(consent.where(Consent.person_id.in_(ids))):
        if ended is None:
            known[person].agrees.add(purpose)
        else:
            days = known[person].ended_on
            days[purpose] = max(days.get(purpose, ended), ended)
    if with_notes:
        note = select(PersonNote.person_id, PersonNote.id, PersonNote.body_sealed)
        for person, row, sealed in session.execute(note.where(PersonNote.person_id.in_(ids))):
            known[person].notes.add(NOTE.unseal(SCOPE, row, sealed))
    return known


def value_as_json(value: PersonFieldValue) -> Any:
    """What a field of our own holds, as readings say it."""
    if value.text_sealed is not None:
        return FIELD_TEXT.unseal(SCOPE, value.id, value.text_sealed)
    if value.number is not None:
        return format(value.number.normalize(), "f")
    if value.day is not None:
        return value.day.isoformat()
    return value.word if value.word is not None else value.flag


def additions_of(
    known: Known | None, reading: Reading, reached: Sequence[tuple[Key, Reached]], choices: Choices, *,
    is_suppressed: bool,
) -> Additions:  # fmt: skip
    """What a row adds: empty fields are filled, and what is known stays unless the choice was to overwrite."""
    told = {
        "name": reading.name, "country": reading.country, "language": reading.language, "spoken": reading.spoken,
        "skills": reading.skills, "since_on": reading.since,
    }  # fmt: skip
    consents = [each for each in _agreed_to(reading, choices, is_suppressed) if not _took_back(known, each, choices)]
    if known is None:
        flat = {name: value for name, value in told.items() if value}
        each = [what for _key, what in reached]
        return Additions(flat, each, list(reading.tags), dict(reading.values), reading.note, consents)
    may_call = Purpose.CALLS in {*consents, *known.agrees}
    return Additions(
        {name: value for name, value in told.items() if value and _goes(known.flat[name], value, choices.overwrites)},
        [what for key, what in reached if key not in known.keys and (may_call or what.kind is not IdentityKind.PHONE)],
        [tag for tag in reading.tags if tag.lower() not in known.tags],
        {field_id: value for field_id, value in reading.values.items()
         if _goes(known.values.get(field_id), value, choices.overwrites)},
        reading.note if reading.note not in known.notes else "",
        [each for each in consents if each not in known.agrees],
    )  # fmt: skip


def add_to(known: Known, added: Additions, reached: Mapping[Key, Reached]) -> None:
    """Let what was added be known to the rows that follow in the same batch."""
    known.flat.update(added.flat)
    known.keys.update(reached)
    known.tags.update(tag.lower() for tag in added.tags)
    known.values.update(added.values)
    known.notes.update({added.note} - {""})
    known.agrees.update(added.consents)


def _goes(was: Any, now: Any, overwrites: bool) -> bool:
    is_empty = was in (None, "", [])
    return now != was and (is_empty or overwrites)


def _agreed_to(reading: Reading, choices: Choices, is_suppressed: bool) -> list[Purpose]:
    """What the list says of whoever it names with an address, or with a number."""
    kinds = {kind for kind, *_rest in reading.identities}
    may_mail = choices.basis is not Basis.NONE and IdentityKind.EMAIL in kinds and not is_suppressed
    may_call = choices.may_call and IdentityKind.PHONE in kinds
    return [Purpose.NEWS] * may_mail + [Purpose.CALLS] * may_call


def _took_back(known: Known | None, purpose: Purpose, choices: Choices) -> bool:
    """Whether they said no after the day on which they are said to have agreed: that stands."""
    ended = known.ended_on.get(purpose) if known is not None else None
    return ended is not None and (choices.basis_on is None or ended >= choices.basis_on)
