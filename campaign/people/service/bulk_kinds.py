"""What can be done to many people at once: each kind does it, says whom it changed and how it was, and takes it back.

All of it works on a page of people in the open transaction. Taking back compares before it sets: what somebody else
has changed since stays as they left it.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from campaign.kernel import clock
from campaign.kernel.db import is_none_of, session
from campaign.people.models import BulkKind, Consent, Person, PersonField, PersonFieldValue, PersonTag, Tag
from campaign.people.queries.wanted import NONE
from campaign.people.service.details import put_tag

People = Collection[uuid.UUID]
What = Mapping[str, Any]
Memory = Mapping[uuid.UUID, dict[str, Any]]
"""By person: how it was; whom the act did not change is left out."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act."""

    changes: Callable[[What], ColumnElement[bool]]
    """Of whom it is not so already."""
    apply: Callable[[What, People], Memory]
    undo: Callable[[What, Memory], Collection[uuid.UUID]]
    """Gives those whom it brought back."""


def _carries(what: What) -> ColumnElement[bool]:
    return Person.id.in_(select(PersonTag.person_id).where(PersonTag.tag_id == _tag(what)))


def _add_tag(what: What, people: People) -> Memory:
    if not _lock(select(Tag.id).where(Tag.id == _tag(what))):
        return {}
    today = clock.today().isoformat()
    return {person: {"on": today} for person in put_tag(people, _tag(what))}


def _undo_add_tag(what: What, memory: Memory) -> Collection[uuid.UUID]:
    days = [(person, date.fromisoformat(was["on"])) for person, was in memory.items()]
    given = tuple_(PersonTag.person_id, PersonTag.given_on).in_(days)
    gone = delete(PersonTag).where(PersonTag.tag_id == _tag(what), given).returning(PersonTag.person_id)
    return session.scalars(gone).all()


def _take_tag(what: What, people: People) -> Memory:
    statement = delete(PersonTag).where(PersonTag.tag_id == _tag(what), PersonTag.person_id.in_(people))
    gone = session.execute(statement.returning(PersonTag.person_id, PersonTag.given_on))
    return {person: {"on": day.isoformat()} for person, day in gone}


def _undo_take_tag(what: What, memory: Memory) -> Collection[uuid.UUID]:
    if not _lock(select(Tag.id).where(Tag.id == _tag(what))):
        return []
    days = {person: date.fromisoformat(was["on"]) for person, was in memory.items()}
    rows = [{"person_id": each, "tag_id": _tag(what), "given_on": day} for each, day in days.items()]
    statement = insert(PersonTag).values(rows).on_conflict_do_nothing().returning(PersonTag.person_id)
    return session.scalars(statement).all()


def _holds_otherwise(what: What) -> ColumnElement[bool]:
    filled = select(PersonFieldValue.person_id).where(PersonFieldValue.field_id == _field(what))
    if what["value"] == NONE:
        return Person.id.in_(filled)
    return is_none_of(Person.id, filled.where(_holds(what)))


def _set_field(what: What, people: People) -> Memory:
    if not _lock(select(PersonField.id).where(PersonField.id == _field(what), PersonField.put_away_on.is_(None))):
        return {}
    value, before = str(what["value"]), _values_of(what, people)
    changed = {person: {"was": before.get(person, NONE)} for person in people if before.get(person, NONE) != value}
    _write(what, dict.fromkeys(changed, value))
    return changed


def _undo_set_field(what: What, memory: Memory) -> Collection[uuid.UUID]:
    if not _lock(select(PersonField.id).where(PersonField.id == _field(what))):
        return []
    now = _values_of(what, list(memory))
    back = {person: str(was["was"]) for person, was in memory.items() if now.get(person, NONE) == what["value"]}
    _write(what, back)
    return list(back)


def _values_of(what: What, people: People) -> dict[uuid.UUID, str]:
    """What the field holds of whom, as a word, under the locks of these people; who has none is left out."""
    ordered = select(Person.id).where(Person.id.in_(people)).order_by(Person.id)
    session.execute(ordered.with_for_update(key_share=True))
    statement = select(PersonFieldValue).where(
        PersonFieldValue.field_id == _field(what), PersonFieldValue.person_id.in_(people)
    )
    rows = session.scalars(statement.execution_options(populate_existing=True))
    return {row.person_id: row.word if row.word is not None else _flag_word(row.flag) for row in rows}


def _write(what: What, values: Mapping[uuid.UUID, str]) -> None:
    empty = [person for person, value in values.items() if value == NONE]
    of_field = PersonFieldValue.field_id == _field(what)
    if empty:
        session.execute(delete(PersonFieldValue).where(of_field, PersonFieldValue.person_id.in_(empty)))
    rows = [
        {
            "id": uuid.uuid4(), "person_id": person, "field_id": _field(what),
            "word": None if what["is_flag"] else value, "flag": value == "yes" if what["is_flag"] else None,
        }
        for person, value in values.items() if value != NONE
    ]  # fmt: skip
    if rows:
        statement = insert(PersonFieldValue).values(rows)
        new = {"word": statement.excluded.word, "flag": statement.excluded.flag}
        session.execute(statement.on_conflict_do_update(index_elements=["person_id", "field_id"], set_=new))


def _agreed(what: What) -> ColumnElement[bool]:
    current = select(Consent.person_id).where(Consent.ended_on.is_(None), Consent.purpose == what["purpose"])
    return Person.id.in_(current)


def _end_consent(what: What, people: People) -> Memory:
    """Whom nothing else keeps stays until the next day, or there would be nobody to bring back (consents.py)."""
    today = clock.today()
    statement = (
        update(Consent)
        .where(Consent.person_id.in_(people), Consent.purpose == what["purpose"], Consent.ended_on.is_(None))
        .values(ended_on=today)
        .returning(Consent.person_id, Consent.id)
    )
    ended: dict[uuid.UUID, dict[str, Any]] = {}
    for person, consent in session.execute(statement):
        ended.setdefault(person, {"on": today.isoformat(), "consents": []})["consents"].append(str(consent))
    return ended


def _undo_end_consent(what: What, memory: Memory) -> Collection[uuid.UUID]:
    ids = {uuid.UUID(each): date.fromisoformat(was["on"]) for was in memory.values() for each in was["consents"]}
    newer = aliased(Consent)
    given_again = (
        select(newer.id)
        .where(
            newer.person_id == Consent.person_id, newer.purpose == Consent.purpose,
            newer.subject.is_not_distinct_from(Consent.subject), newer.ended_on.is_(None),
        )
        .exists()
    )  # fmt: skip
    statement = update(Consent).where(tuple_(Consent.id, Consent.ended_on).in_(list(ids.items())), ~given_again)
    return set(session.scalars(statement.values(ended_on=None).returning(Consent.person_id)))


def _holds(what: What) -> ColumnElement[bool]:
    value = what["value"]
    return PersonFieldValue.flag.is_(value == "yes") if what["is_flag"] else PersonFieldValue.word == value


def _flag_word(flag: bool | None) -> str:
    return "yes" if flag else "no"


def _lock(row: Any) -> Sequence[Any]:
    """The row under a lock that keeps it from being deleted; empty where it is gone."""
    return session.execute(row.with_for_update(key_share=True, read=True)).all()


def _tag(what: What) -> uuid.UUID:
    return uuid.UUID(what["tag"])


def _field(what: What) -> uuid.UUID:
    return uuid.UUID(what["field"])


KINDS: Mapping[BulkKind, Kind] = {
    BulkKind.ADD_TAG: Kind(lambda what: ~_carries(what), _add_tag, _undo_add_tag),
    BulkKind.TAKE_TAG: Kind(_carries, _take_tag, _undo_take_tag),
    BulkKind.SET_FIELD: Kind(_holds_otherwise, _set_field, _undo_set_field),
    BulkKind.END_CONSENT: Kind(_agreed, _end_consent, _undo_end_consent),
}
