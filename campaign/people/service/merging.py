"""Two records of one person made one, field by field, with all that hangs on them; and taken apart again, exactly.

Both keep what they had sealed for 90 days. What was changed between stays as it was changed, and is told.
"""

import json
import uuid
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.registry_people import merge_rules
from campaign.kernel.versions import check_version
from campaign.people.models import (
    NAME,
    SCOPE,
    SNAPSHOT,
    KeptFor,
    Person,
    PersonFieldValue,
    PersonGone,
    PersonMerge,
    Volunteer,
)
from campaign.people.service.merged_rows import Rows, Since, compared_tables, insert_row, put_back, read_rows
from campaign.people.service.records import name_of

KEPT_DAYS = 90
LANGUAGE, COUNTRY, NAMED = "language", "country", "name"
_REASONS = (KeptFor.STAFF, KeptFor.VOLUNTEER, KeptFor.CONSENT)
"""Why a record is kept, the one that ends last first."""
Tables = dict[str, Rows]


class TwoVolunteers(Conflict):
    """Both help under an account of their own."""

    def __init__(self) -> None:
        super().__init__(
            N_("Both help, each with an account of their own, so they cannot be merged. One of the two leaves first.")
        )


class CannotUndo(Conflict):
    """The merge can be taken back no more, or not before another."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a merge back came to."""

    winner: uuid.UUID
    loser: uuid.UUID
    since: Sequence[Since]
    """What was done to the merged record meanwhile, and stays."""


def merge_people(
    winner_id: uuid.UUID, loser_id: uuid.UUID, *, from_loser: Collection[str] = (),
    seen: Mapping[uuid.UUID, int] | None = None, actor: uuid.UUID,
) -> PersonMerge:  # fmt: skip
    """Make two records one. `from_loser`: name, language, country, or ids of fields of our own whose values are taken
    from the loser; what only one of the two has is kept in any case.

    Raises NotFound, TwoVolunteers, and Conflict when one of the two is not as `seen` (its version).
    """
    winner, loser = _lock_both(winner_id, loser_id)
    for each in (winner, loser):
        check_version(each.version, (seen or {}).get(each.id, each.version))
    both = (winner_id, loser_id)
    helping = select(func.count()).select_from(Volunteer).where(Volunteer.person_id.in_(both))
    if (session.scalar(helping) or 0) > 1:
        raise TwoVolunteers
    before = _read_all(both)
    _make_room(winner_id, loser_id, from_loser)
    memories = {name: rule.move(winner_id, loser_id) for name, rule in merge_rules.items()}
    _unite(winner, loser, from_loser)
    session.flush()
    session.execute(delete(Person).where(Person.id == loser_id))
    content = {"winner": str(winner_id), "before": before, "after": _read_all(both), "memories": memories}
    made = _remember(winner_id, loser_id, content, actor)
    session.expire_all()
    audit.record("person.merged", actor=actor, about=f"person:{winner_id}", reason=f"person:{loser_id}")
    return made


def undo_merge(merge_id: uuid.UUID, *, actor: uuid.UUID) -> Undone:
    """Take a merge back: both as they were, but for what somebody changed since. Raises NotFound, CannotUndo."""
    made, content = _lock_undoable(merge_id)
    winner, loser = made.winner_id, made.loser_id
    now = _read_all((winner, loser))
    before, after = content["before"], content["after"]
    insert_row("person", next(row for row in before["person"].values() if json.loads(row["id"]) == str(loser)))
    # Else every index of names that follows would take the record out again.
    session.execute(delete(PersonGone).where(PersonGone.person_id == loser))
    before["person"] = {key: row for key, row in before["person"].items() if key in after["person"]}
    since = [put_back(table, rows, after[table], now.get(table, {})) for table, rows in before.items()]
    for name, rule in merge_rules.items():
        if rule.restore is not None and name in content["memories"]:
            rule.restore(winner, loser, content["memories"][name])
    session.expire_all()
    made.undone_at, made.undone_by, made.snapshot_sealed = clock.now(), actor, None
    session.flush()
    audit.record("person.unmerged", actor=actor, about=f"person:{winner}", reason=f"person:{loser}")
    return Undone(winner, loser, [each for each in since if each.is_something and each.table != "person_merge"])


def delete_old_snapshots(today: date) -> int:
    """Forget how two records were before they were merged, 90 days after."""
    due = PersonMerge.snapshot_sealed.is_not(None), func.date(PersonMerge.merged_at) <= today - timedelta(KEPT_DAYS)
    return len(
        session.execute(update(PersonMerge).where(*due).values(snapshot_sealed=None).returning(PersonMerge.id)).all()
    )


def _lock_both(one: uuid.UUID, other: uuid.UUID) -> tuple[Person, Person]:
    """In the order of ids, so that two merges at once wait rather than block each other."""
    statement = select(Person).where(Person.id.in_((one, other))).order_by(Person.id).with_for_update()
    found = {row.id: row for row in session.scalars(statement.execution_options(populate_existing=True))}
    if one == other or len(found) < 2:
        raise NotFound
    return found[one], found[other]


def _read_all(people: Collection[uuid.UUID]) -> Tables:
    session.flush()
    return {table: read_rows(table, columns, people) for table, columns in compared_tables().items()}


def _make_room(winner: uuid.UUID, loser: uuid.UUID, from_loser: Collection[str]) -> None:
    """Take away the winner's values of our own fields where the loser's are wanted, and there are any."""
    held = select(PersonFieldValue.field_id).where(PersonFieldValue.person_id == loser)
    fields = [field for field in session.scalars(held) if str(field) in from_loser]
    mine = PersonFieldValue.person_id == winner, PersonFieldValue.field_id.in_(fields)
    session.execute(delete(PersonFieldValue).where(*mine))


def _unite(winner: Person, loser: Person, from_loser: Collection[str]) -> None:
    if loser.name_sealed is not None and (NAMED in from_loser or winner.name_sealed is None):
        winner.name_sealed = NAME.seal(SCOPE, winner.id, name_of(loser))
    if LANGUAGE in from_loser:
        winner.language = loser.language
    if COUNTRY in from_loser or not winner.country:
        winner.country = loser.country or winner.country
    for name in ("spoken", "skills", "availability"):
        setattr(winner, name, list(dict.fromkeys([*getattr(winner, name), *getattr(loser, name)])))
    if winner.tasks_a_week is None:
        winner.tasks_a_week = loser.tasks_a_week
    winner.kept_for = next(each for each in _REASONS if each in {winner.kept_for, loser.kept_for})
    winner.source = winner.source or loser.source
    winner.since_on = min(winner.since_on, loser.since_on)


def _remember(winner: uuid.UUID, loser: uuid.UUID, content: dict[str, Any], actor: uuid.UUID) -> PersonMerge:
    made = PersonMerge(id=uuid.uuid4(), winner_id=winner, loser_id=loser, merged_by=actor, merged_at=clock.now())
    packed = zlib.compress(json.dumps(content).encode())
    made.snapshot_sealed = SNAPSHOT.seal_bytes(SCOPE, made.id, packed)
    session.add(made)
    session.flush()
    return made


def _lock_undoable(merge_id: uuid.UUID) -> tuple[PersonMerge, dict[str, Any]]:
    where = session.scalar(select(PersonMerge.winner_id).where(PersonMerge.id == merge_id))
    if where is None:
        raise NotFound
    session.execute(select(Person.id).where(Person.id == where).with_for_update())
    made = session.get(PersonMerge, merge_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise NotFound
    if made.undone_at is not None:
        raise CannotUndo(N_("It is undone already: the two are apart again."))
    if made.snapshot_sealed is None:
        raise CannotUndo(N_("A merge can be undone for 90 days; these are over."))
    content: dict[str, Any] = json.loads(zlib.decompress(SNAPSHOT.unseal_bytes(SCOPE, made.id, made.snapshot_sealed)))
    newer = select(PersonMerge.id).where(
        PersonMerge.winner_id == made.winner_id, PersonMerge.undone_at.is_(None), PersonMerge.id != made.id,
        PersonMerge.merged_at >= made.merged_at,
    )  # fmt: skip
    if content["winner"] != str(made.winner_id) or session.scalar(newer.limit(1)) is not None:
        raise CannotUndo(N_("The record was merged once more since. Undo the newest merge first."))
    return made, content
