"""Acts on many people: begun with a count that was seen, done in parts, taken back as far as nobody was there since."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select, update

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import is_none_of, session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.people.jobs import GoOnWithAct
from campaign.people.models import BulkAct, BulkActPerson, BulkKind, BulkState, Consent, KeptFor, Person
from campaign.people.service.bulk_kinds import KINDS

AT_ONCE = 500
"""So many are done within the request; of more a job does a part at a time."""
PART = 1_000
KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done, and whatever that needs to know."""

    kind: BulkKind
    what: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would do."""

    amount: int
    changed: int
    """Of how many of them it is not so already."""
    left_without_reason: int = 0
    """Whom nothing keeps when their consent has ended: they go the next day."""


def preview(deed: Deed, people: Select[uuid.UUID]) -> Preview:
    """What `deed` would do to those whom `people` selects."""
    among = Person.id.in_(people)
    changes = KINDS[deed.kind].changes(deed.what)
    amount = session.scalar(select(func.count()).select_from(Person).where(among)) or 0
    changed = session.scalar(select(func.count()).select_from(Person).where(among, changes)) or 0
    lost = 0
    if deed.kind is BulkKind.END_CONSENT:
        others = select(Consent.person_id).where(Consent.ended_on.is_(None), Consent.purpose != deed.what["purpose"])
        alone = (Person.kept_for == KeptFor.CONSENT, is_none_of(Person.id, others))
        lost = session.scalar(select(func.count()).select_from(Person).where(among, changes, *alone)) or 0
    return Preview(amount, changed, lost)


def count(people: Select[uuid.UUID]) -> int:
    """How many people that is."""
    return session.scalar(select(func.count()).select_from(people.subquery())) or 0


def begin(deed: Deed, people: Select[uuid.UUID], *, seen: int, actor: uuid.UUID) -> BulkAct:
    """Do it to those whom `people` selects, or begin to. Raises Conflict when they are not as many as were `seen`."""
    act = BulkAct(
        id=uuid.uuid4(), kind=deed.kind, what=dict(deed.what), amount=0, state=BulkState.RUNNING, made_by=actor,
        made_at=clock.now(),
    )  # fmt: skip
    session.add(act)
    session.flush()
    found = people.subquery()
    chosen = select(literal(act.id), Person.id, literal(value=False)).where(Person.id.in_(select(found.c[0])))
    session.execute(insert(BulkActPerson).from_select(["act_id", "person_id", "is_done"], chosen))
    act.amount = session.scalar(select(func.count()).where(BulkActPerson.act_id == act.id)) or 0
    if act.amount != seen or not seen:
        raise Conflict(N_("The list has changed since you looked. Look at the number again before you go on."))
    session.flush()
    audit.record("people.bulk", actor=actor, about=f"bulk:{act.id}", amount=act.amount, reason=act.kind)
    _start(act)
    return act


def undo(act_id: uuid.UUID, *, actor: uuid.UUID) -> BulkAct:
    """Take an act back, or begin to. Raises NotFound, Conflict when it is not done or was taken back already."""
    act = _locked(act_id)
    if act.state != BulkState.DONE:
        raise Conflict(N_("This can be taken back once it is done, and only once."))
    act.state, act.undone_by, act.undone_at = BulkState.UNDOING, actor, clock.now()
    mine = update(BulkActPerson).where(BulkActPerson.act_id == act_id, BulkActPerson.was.is_not(None))
    session.execute(mine.values(is_done=False))
    session.flush()
    audit.record("people.bulk_undone", actor=actor, about=f"bulk:{act.id}", amount=act.changed, reason=act.kind)
    _start(act)
    return act


def go_on(act_id: uuid.UUID) -> None:
    """Do the next part, and ask for the one after it. One that is over, or gone, is left alone."""
    try:
        act = _locked(act_id)
    except NotFound:
        return
    if _do_part(act):
        jobs.enqueue(GoOnWithAct(str(act.id)))


def progress_of(act: BulkAct) -> int:
    """How many people the act, or its undoing, has come to."""
    done = select(func.count()).where(BulkActPerson.act_id == act.id, BulkActPerson.is_done)
    return session.scalar(done) or 0


def delete_old(today: date) -> int:
    """Forget acts, and how it was before them, after thirty days."""
    old = func.date(func.timezone("UTC", BulkAct.made_at)) <= today - timedelta(days=KEPT_DAYS)
    return len(session.scalars(delete(BulkAct).where(old).returning(BulkAct.id)).all())


def drop_rows(_winner: uuid.UUID, loser: uuid.UUID) -> list[dict[str, Any]]:
    """When two records are merged: what was done to the one that goes cannot be taken back any more."""
    gone = delete(BulkActPerson).where(BulkActPerson.person_id == loser)
    rows = session.execute(gone.returning(BulkActPerson.act_id, BulkActPerson.is_done, BulkActPerson.was)).all()
    return [{"act_id": str(row.act_id), "is_done": row.is_done, "was": row.was} for row in rows]


def put_rows_back(_winner: uuid.UUID, loser: uuid.UUID, memory: list[dict[str, Any]]) -> None:
    """When that merge is undone: acts that are remembered yet have their rows again."""
    kept = set(session.scalars(select(BulkAct.id).where(BulkAct.id.in_([uuid.UUID(row["act_id"]) for row in memory]))))
    rows = [{**row, "act_id": uuid.UUID(row["act_id"]), "person_id": loser} for row in memory]
    if rows := [row for row in rows if row["act_id"] in kept]:
        session.execute(insert(BulkActPerson), rows)


def _start(act: BulkAct) -> None:
    if act.amount > AT_ONCE:
        jobs.enqueue(GoOnWithAct(str(act.id)))
    else:
        while _do_part(act):
            pass


def _do_part(act: BulkAct) -> bool:
    """The next part of what is running; False when there was nothing left to do."""
    if act.state not in {BulkState.RUNNING, BulkState.UNDOING}:
        return False
    is_next = (BulkActPerson.act_id == act.id, BulkActPerson.is_done.is_(False))
    rows = session.scalars(select(BulkActPerson).where(*is_next).order_by(BulkActPerson.person_id).limit(PART)).all()
    if not rows:
        act.state = BulkState.DONE if act.state == BulkState.RUNNING else BulkState.UNDONE
        session.flush()
        return False
    kind = KINDS[BulkKind(act.kind)]
    if act.state == BulkState.RUNNING:
        memory = kind.apply(act.what, [row.person_id for row in rows])
        for row in rows:
            row.was = memory.get(row.person_id)
        act.changed += len(memory)
    else:
        before = {row.person_id: row.was for row in rows if row.was is not None}
        act.restored += len(set(kind.undo(act.what, before)))
    for row in rows:
        row.is_done = True
    session.flush()
    return True


def _locked(act_id: uuid.UUID) -> BulkAct:
    act = session.get(BulkAct, act_id, with_for_update=True, populate_existing=True)
    if act is None:
        raise NotFound
    return act
