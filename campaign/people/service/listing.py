"""What a list shows of its people: read in a few statements for a page, and opened only as far as may be shown."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from campaign.kernel.addresses import BadAddress
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import session
from campaign.people.models import (
    FIELD_TEXT,
    NAME,
    SCOPE,
    Consent,
    FieldKind,
    IdentityKind,
    Person,
    PersonField,
    PersonFieldValue,
    PersonIdentity,
    PersonTag,
    Tag,
    Volunteer,
)
from campaign.people.queries.name_index import Look
from campaign.people.queries.people_list import Hits, search_names
from campaign.people.service.identities import BadIdentity, Reached, read_identity

REGIONS = (None, "RU")
"""Of which countries a number without + is tried to be."""
SHORTEST_NUMBER = 6


@dataclass(slots=True)
class Row:
    """One person in a list; what was not asked for, or may not be shown, is empty."""

    person: Person
    name: str = ""
    is_readable: bool = True
    """Whether the name could be opened."""
    tags: list[str] = field(default_factory=list)
    purposes: list[str] = field(default_factory=list)
    """Of current consents."""
    reached: list[str] = field(default_factory=list)
    """The kinds of ways to reach them; which those are is shown on their own page, by a button, on record."""
    values: dict[uuid.UUID, Any] = field(default_factory=dict)
    """By the field's id: text, a number, a day, a word or a flag."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Which parts of a record a list shows beside its own columns."""

    tags: bool = True
    consents: bool = False
    reached: bool = False
    fields: Collection[PersonField] = ()

    @property
    def sealed(self) -> int:
        """How much of one record is opened: the name, and each sealed text."""
        return 1 + sum(each.kind == FieldKind.TEXT for each in self.fields)


def take_to_show(amount: int, *, actor: uuid.UUID) -> bool:
    """Count what is about to be opened for `actor`, in a transaction of its own use case.

    False, with an alarm, when that is more than is left of the hour; both must be committed.
    """
    if take(DECRYPTING, actor, amount):
        return True
    raise_alarm(AlarmKind.BUDGET_SPENT, about=f"account:{actor}")
    return False


def search(text: str, look: Look) -> Hits:
    """Who is called so, and whose address, number or name in a messenger it is exactly."""
    exact = _owners(text)
    named = search_names(text, look)
    return Hits(exact, () if exact and named.is_near else named.codes, named.is_near)


def read_rows(ids: Sequence[uuid.UUID], shown: Shown, *, may_open: bool) -> list[Row]:
    """The people of a page, in its order; who went a moment ago is left out."""
    people = session.scalars(select(Person).where(Person.id.in_(ids))).all()
    rows = {person.id: Row(person, is_readable=may_open) for person in people}
    if shown.tags:
        _add_tags(rows)
    if shown.consents:
        _add_consents(rows)
    if shown.reached:
        _add_reached(rows)
    if shown.fields:
        _add_values(rows, shown.fields, may_open=may_open)
    if may_open:
        _open_names(rows)
    return [rows[each] for each in ids if each in rows]


def _owners(text: str) -> list[uuid.UUID]:
    found: dict[uuid.UUID, None] = {}
    for reached in _ways_of(text):
        try:
            index = reached.index
        except CryptoError:
            return []
        owner = (PersonIdentity.kind == reached.kind) & (PersonIdentity.value_index == index)
        found.update(dict.fromkeys(session.scalars(select(PersonIdentity.person_id).where(owner))))
    return list(found)


def _ways_of(text: str) -> list[Reached]:
    """What was typed, as each of the ways to reach somebody that it may be."""
    asked: list[tuple[IdentityKind, str | None]] = [(IdentityKind.EMAIL, None), (IdentityKind.MESSENGER, None)]
    if sum(each.isdecimal() for each in text) >= SHORTEST_NUMBER:
        asked += [(IdentityKind.PHONE, region) for region in REGIONS]
    found = {}
    for kind, region in asked:
        with suppress(BadIdentity, BadAddress):
            reached = read_identity(kind, text, region=region)
            found[kind, reached.canonical] = reached
    return list(found.values())


def _add_tags(rows: Mapping[uuid.UUID, Row]) -> None:
    carried = select(PersonTag.person_id, Tag.name).join(Tag, Tag.id == PersonTag.tag_id)
    statement = carried.where(PersonTag.person_id.in_(rows)).order_by(func.lower(Tag.name))
    for person, name in session.execute(statement):
        rows[person].tags.append(name)


def _add_consents(rows: Mapping[uuid.UUID, Row]) -> None:
    current = select(Consent.person_id, Consent.purpose).where(Consent.person_id.in_(rows), Consent.ended_on.is_(None))
    for person, purpose in session.execute(current.distinct().order_by(Consent.purpose)):
        rows[person].purposes.append(purpose)


def _add_values(rows: Mapping[uuid.UUID, Row], fields: Collection[PersonField], *, may_open: bool) -> None:
    statement = select(PersonFieldValue).where(
        PersonFieldValue.person_id.in_(rows), PersonFieldValue.field_id.in_([each.id for each in fields])
    )
    for each in session.scalars(statement):
        plain = next((held for held in (each.number, each.day, each.word, each.flag) if held is not None), None)
        if each.text_sealed is not None and may_open:
            plain = _opened(FIELD_TEXT, each.id, each.text_sealed)
        rows[each.person_id].values[each.field_id] = plain


def _open_names(rows: Mapping[uuid.UUID, Row]) -> None:
    nameless = [row.person.id for row in rows.values() if row.person.name_sealed is None]
    pseudonyms: dict[uuid.UUID, str] = {}
    if nameless:
        known = select(Volunteer.person_id, Volunteer.pseudonym).where(Volunteer.person_id.in_(nameless))
        pseudonyms = {person: pseudonym for person, pseudonym in session.execute(known) if person is not None}
    for row in rows.values():
        sealed = row.person.name_sealed
        opened = "" if sealed is None else _opened(NAME, row.person.id, sealed)
        row.is_readable = opened is not None
        row.name = opened or pseudonyms.get(row.person.id, "")


def _add_reached(rows: Mapping[uuid.UUID, Row]) -> None:
    known = select(PersonIdentity.person_id, PersonIdentity.kind).where(PersonIdentity.person_id.in_(rows)).distinct()
    for person, kind in session.execute(known.order_by(PersonIdentity.kind)):
        rows[person].reached.append(kind)


def _opened(place: Field, row: uuid.UUID, sealed: bytes) -> str | None:
    """A sealed text, None where it does not open: a damaged row, or a key that is gone, must not take the list away."""
    try:
        return place.unseal(SCOPE, row, sealed)
    except CryptoError:
        return None
