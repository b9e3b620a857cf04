"""Keeping the attention ledger: entries come and change by events, the sums beside the prisoners follow at once.

Whoever changes entries of a person holds the row of that person's sum until the end of the transaction and reckons the
sum from the entries after that, so that of two at once the later one sees what the earlier did.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, literal, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from campaign.kernel import audit, clock
from campaign.kernel.db import AT_THE_SAME_MOMENT, after_commit, session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.penpals.models import AttentionDay, AttentionEntry, AttentionSetting, AttentionSource, Counted
from campaign.penpals.queries.attention import figures, list_reachable, setting, spread_of
from campaign.prisoners.models import Attention, Prisoner
from campaign.prisoners.queries.public_directory import forget_directory

KEPT_FOR = timedelta(days=400)
"""What nobody needs for a sum any more; long enough to look back over a year."""
LEAST_FLOOR, MOST_FLOOR, MOST_CAP = 1, 400, 4000


class BadSetting(DomainError):
    """A floor or a cap that cannot be; `field` says which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Count(NamedTuple):
    """What one letter, reservation or broadcast is to count for one person."""

    prisoner_id: uuid.UUID
    source: AttentionSource
    source_id: uuid.UUID
    counted: Counted
    counted_on: date
    """The day of dispatch; of a reservation, the day it became live."""
    live_until: datetime | None = None


def record(
    prisoner_id: uuid.UUID,
    source: AttentionSource,
    source_id: uuid.UUID,
    counted: Counted,
    counted_on: date,
    live_until: datetime | None = None,
) -> None:
    """Count it, or count it otherwise than so far; the sum of the person follows in the same transaction.

    `live_until` belongs to reservations alone (ValueError). A day that has not come yet is taken for today. Doing it
    twice is doing it once.
    """
    record_many([Count(prisoner_id, source, source_id, counted, counted_on, live_until)])


def record_many(counts: Sequence[Count]) -> None:
    """`record` for several at once; of the same thing for the same person the last one holds."""
    if any((each.counted == Counted.RESERVED) != (each.live_until is not None) for each in counts):
        raise ValueError("a reservation is live until a moment, and nothing else is")
    latest = {(each.source, each.source_id, each.prisoner_id): each for each in counts}
    if not latest:
        return
    people, today = {each.prisoner_id for each in latest.values()}, clock.today()
    _hold(people)
    rows = [{**each._asdict(), "counted_on": min(each.counted_on, today)} for each in latest.values()]
    statement = insert(AttentionEntry).values(rows)
    changed = {name: statement.excluded[name] for name in ("counted", "counted_on", "live_until")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["source", "source_id", "prisoner_id"], set_=changed)
    )
    _reckon(people)


def forget(source: AttentionSource, source_id: uuid.UUID) -> int:
    """It does not count for anybody, and never did (a reservation given back, a slip); gives how many entries."""
    return forget_many(source, [source_id])


def forget_many(source: AttentionSource, source_ids: Sequence[uuid.UUID]) -> int:
    """`forget` for several at once."""
    return _drop((AttentionEntry.source == source) & AttentionEntry.source_id.in_(source_ids))


def refresh(prisoner_ids: Iterable[uuid.UUID]) -> None:
    """Reckon the sums of some people anew from their entries."""
    people = set(prisoner_ids)
    _hold(people)
    _reckon(people)


def rebuild() -> int:
    """Reckon everybody's sum anew, in one statement; gives how many differed.

    Nobody else can change a sum meanwhile: what they would add might be missing from the entries seen here, and the
    old figure would then be written over the new one. Reading goes on.
    """
    session.execute(text(f"LOCK TABLE {Attention.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    changed = len(session.execute(_upsert(None)).all())
    if changed:
        after_commit(forget_directory)
    return changed


def drop_expired() -> int:
    """Let reservations go that are over; gives how many.

    A reservation that ran out counts for nothing, so its entry goes and the sum falls without anybody doing anything.
    """
    over = (AttentionEntry.counted == Counted.RESERVED) & (AttentionEntry.live_until <= clock.now())
    return _drop(over)


def is_day_noted() -> bool:
    """Whether this day's picture of attention has been taken, and so the sums rebuilt since it began."""
    return session.get(AttentionDay, clock.today()) is not None


def note_day() -> None:
    """Write down how attention is spread today over everybody to whom a letter could go; twice is once."""
    today = clock.today()
    quarters = [each.quarters for each in list_reachable(today)]
    spread, floor = spread_of(quarters), setting().floor
    values = {
        "prisoners": len(quarters), "below_floor": sum(each < floor for each in quarters),
        "with_none": quarters.count(0), "quarters": sum(quarters), "gini": spread.gini,
        "deciles": list(spread.deciles),
    }  # fmt: skip
    statement = insert(AttentionDay).values(day=today, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["day"], set_=values))


def change_setting(floor: int, soft_cap: int, *, seen_version: int, actor: uuid.UUID) -> bool:
    """Set floor and soft cap, in quarters of a letter; gives whether anything changed.

    Raises BadSetting, and Conflict when somebody else set them since `seen_version` (0: the defaults held).
    """
    if not LEAST_FLOOR <= floor <= MOST_FLOOR:
        raise BadSetting("floor", N_("The floor lies between a quarter of a letter and 100 letters."))
    if not floor <= soft_cap <= MOST_CAP:
        raise BadSetting("soft_cap", N_("The soft cap lies between the floor and 1,000 letters."))
    row = session.get(AttentionSetting, 1, with_for_update=True, populate_existing=True)
    if (row.version if row else 0) != seen_version:
        raise Conflict(AT_THE_SAME_MOMENT)
    before = setting()
    if (before.floor, before.soft_cap) == (floor, soft_cap):
        return False
    values = {"floor": floor, "soft_cap": soft_cap, "changed_by": actor, "changed_on": clock.today()}
    if row is None:
        made = insert(AttentionSetting).values(id=1, version=1, **values).on_conflict_do_nothing()
        if session.execute(made.returning(AttentionSetting.id)).first() is None:
            raise Conflict(AT_THE_SAME_MOMENT)
    else:
        row.floor, row.soft_cap, row.changed_by, row.changed_on = floor, soft_cap, actor, clock.today()
    session.flush()
    audit.record("attention.setting", actor=actor, reason=f"floor {floor}/4, soft cap {soft_cap}/4")
    return True


def forget_old(today: date) -> int:
    """Delete entries that are older than KEPT_FOR; gives how many.

    Of each person the newest letter stays, so that what their page says of the last one does not change.
    """
    newest = (
        select(AttentionEntry.prisoner_id, func.max(AttentionEntry.counted_on))
        .where(AttentionEntry.prisoner_id.in_(_with_old_entries(today)), AttentionEntry.counted.in_(_LETTERS))
        .group_by(AttentionEntry.prisoner_id)
    )
    is_newest = tuple_(AttentionEntry.prisoner_id, AttentionEntry.counted_on).in_(newest)
    is_letter = AttentionEntry.counted.in_(_LETTERS)
    old = delete(AttentionEntry).where(AttentionEntry.counted_on < today - KEPT_FOR, ~(is_newest & is_letter))
    return len(session.execute(old.returning(AttentionEntry.id)).all())


_LETTERS = (Counted.UNDER_WAY, Counted.REPORTED, Counted.PRESUMED, Counted.BROADCAST)


def _with_old_entries(today: date) -> Any:
    return select(AttentionEntry.prisoner_id).where(AttentionEntry.counted_on < today - KEPT_FOR)


def _drop(these: ColumnElement[bool]) -> int:
    people = set(session.scalars(select(AttentionEntry.prisoner_id).where(these)))
    _hold(people)
    # Of these people alone: what was added for others since is theirs to see, or for the next time.
    mine = AttentionEntry.prisoner_id.in_(people) & these
    gone = session.execute(delete(AttentionEntry).where(mine).returning(AttentionEntry.id)).all()
    _reckon(people)
    return len(gone)


def _hold(people: set[uuid.UUID]) -> None:
    """Lock the rows of these people's sums, in the order of their ids lest two deadlock; who has none gets one."""
    if not people:
        return
    missing = select(Prisoner.id, literal(0)).where(Prisoner.id.in_(people)).order_by(Prisoner.id)
    made = insert(Attention).from_select(["prisoner_id", "quarters"], missing).on_conflict_do_nothing()
    session.execute(made)
    held = select(Attention.prisoner_id).where(Attention.prisoner_id.in_(people)).order_by(Attention.prisoner_id)
    session.execute(held.with_for_update()).all()


def _reckon(people: set[uuid.UUID]) -> None:
    if people:
        session.execute(_upsert(list(people)))


def _upsert(people: Sequence[uuid.UUID] | None) -> ReturningInsert[uuid.UUID]:
    """Write the sums of `people`, or of everybody, where they differ from what stands there."""
    counted = figures(clock.now(), people).subquery("counted")
    sums = (
        select(Prisoner.id, func.coalesce(counted.c.quarters, 0), counted.c.last_letter_on, counted.c.waiting_since_on)
        .outerjoin(counted, counted.c.prisoner_id == Prisoner.id)
        .outerjoin(Attention, Attention.prisoner_id == Prisoner.id)
        .where(counted.c.prisoner_id.is_not(None) | Attention.prisoner_id.is_not(None))
        .order_by(Prisoner.id)
    )
    if people is not None:
        sums = sums.where(Prisoner.id.in_(people))
    names = ("quarters", "last_letter_on", "waiting_since_on")
    statement = insert(Attention).from_select(["prisoner_id", *names], sums)
    kept, reckoned = Attention.__table__.c, statement.excluded
    differs = tuple_(*(kept[name] for name in names)).is_distinct_from(tuple_(*(reckoned[name] for name in names)))
    return statement.on_conflict_do_update(
        index_elements=["prisoner_id"], set_={name: reckoned[name] for name in names}, where=differs
    ).returning(Attention.prisoner_id)
