"""Putting people onto a call list, part by part: who may not be called is left out, and counted by the reason."""

import uuid
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert

from campaign.activities.jobs import FillCallList
from campaign.activities.models import ALIVE, CallEntry, CallFill, CallList, EntryState
from campaign.activities.service.calls import check_alive, lock_list
from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.people.models import (
    Consent,
    IdentityKind,
    Interaction,
    InteractionKind,
    PersonIdentity,
    Purpose,
    SegmentFreeze,
)
from campaign.people.queries.segments import list_members

PART = 500
AT_ONCE = 500
"""So many are looked at within the request; more by a job, a part at a time."""


class LeftOut(StrEnum):
    """Why somebody who was meant is not on the list; who meets several is counted with the first."""

    NO_CONSENT = "no_consent"
    NO_NUMBER = "no_number"
    WRONG_NUMBER = "wrong_number"
    CALLED_LATELY = "called_lately"
    ON_OTHER = "on_other"
    HERE_ALREADY = "here_already"
    LIST_CLOSED = "list_closed"


def begin_fill(
    list_id: uuid.UUID, people: SegmentFreeze, *, title: str = "", not_called_days: int = 0,
    may_be_on_others: bool = False, actor: uuid.UUID | None,
) -> CallFill:  # fmt: skip
    """Put those who were written down onto the list, or begin to. Raises NotFound, NotThatState."""
    check_alive(lock_list(list_id, shared=True))
    fill = CallFill(
        id=uuid.uuid4(), list_id=list_id, freeze_id=people.id, title=title, total=people.total,
        not_called_days=not_called_days, may_be_on_others=may_be_on_others, left_out={}, made_by=actor,
        made_at=clock.now(),
    )  # fmt: skip
    session.add(fill)
    session.flush()
    if actor is not None:
        audit.record("call_list.fill", actor=actor, about=f"call-list:{list_id}", amount=people.total)
    if people.total > AT_ONCE:
        jobs.enqueue(FillCallList(str(fill.id)))
    else:
        while _fill_part(fill):
            pass
    return fill


def go_on(fill_id: uuid.UUID) -> None:
    """Look at the next part, and ask for the one after it. One that is over, or gone, is left alone."""
    list_id = session.scalar(select(CallFill.list_id).where(CallFill.id == fill_id))
    if list_id is None:
        return
    lock_list(list_id, shared=True)
    fill = session.get(CallFill, fill_id, with_for_update=True, populate_existing=True)
    if fill is not None and not fill.is_done and _fill_part(fill):
        jobs.enqueue(FillCallList(str(fill.id)))


def _fill_part(fill: CallFill) -> bool:
    """The next part; False when nobody was left to be looked at."""
    found = session.get_one(CallList, fill.list_id)
    people = list_members(fill.freeze_id, after=fill.after, most=PART) if fill.freeze_id is not None else []
    if not people:
        fill.is_done = True
        session.flush()
        return False
    reasons = _reasons(fill, people) if found.state in ALIVE else dict.fromkeys(people, LeftOut.LIST_CLOSED)
    added = _add(fill.list_id, [each for each in people if each not in reasons])
    counts = dict(fill.left_out)
    for reason in reasons.values():
        counts[reason] = counts.get(reason, 0) + 1
    fill.left_out, fill.after = counts, people[-1]
    fill.seen, fill.added = fill.seen + len(people), fill.added + added
    session.flush()
    return True


def _reasons(fill: CallFill, people: Collection[uuid.UUID]) -> dict[uuid.UUID, LeftOut]:
    """Why whom of these is left out, by the first reason that holds."""
    agreed = _among(people, Consent.person_id, Consent.purpose == Purpose.CALLS, Consent.ended_on.is_(None))
    is_phone = PersonIdentity.kind == IdentityKind.PHONE
    numbered = _among(people, PersonIdentity.person_id, is_phone)
    right = _among(people, PersonIdentity.person_id, is_phone, PersonIdentity.wrong_on.is_(None))
    tests = [
        (LeftOut.NO_CONSENT, set(people) - agreed), (LeftOut.NO_NUMBER, set(people) - numbered),
        (LeftOut.WRONG_NUMBER, numbered - right), (LeftOut.CALLED_LATELY, _called_lately(fill, people)),
        (LeftOut.ON_OTHER, _on_others(fill, people)),
        (LeftOut.HERE_ALREADY, _among(people, CallEntry.person_id, CallEntry.list_id == fill.list_id,
                                      CallEntry.state != EntryState.GONE)),
    ]  # fmt: skip
    found: dict[uuid.UUID, LeftOut] = {}
    for reason, whom in tests:
        for each in whom:
            found.setdefault(each, reason)
    return found


def _called_lately(fill: CallFill, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    if not fill.not_called_days:
        return set()
    since = clock.today() - timedelta(days=fill.not_called_days)
    is_call = Interaction.kind == InteractionKind.CALLED
    return _among(people, Interaction.person_id, is_call, Interaction.happened_on > since)


def _on_others(fill: CallFill, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    if fill.may_be_on_others:
        return set()
    alive = select(CallList.id).where(CallList.state.in_(ALIVE), CallList.id != fill.list_id)
    return _among(people, CallEntry.person_id, CallEntry.state == EntryState.WAITING, CallEntry.list_id.in_(alive))


def _among(people: Collection[uuid.UUID], column: object, *where: ColumnElement[bool]) -> set[uuid.UUID]:
    return set(session.scalars(select(column).where(column.in_(people), *where)))  # type: ignore[attr-defined, call-overload]


def _add(list_id: uuid.UUID, people: Collection[uuid.UUID]) -> int:
    """Those who had gone from it may be called again meanwhile, and come back as they were."""
    if not people:
        return 0
    rows = [{"id": uuid.uuid4(), "list_id": list_id, "person_id": each, "state": EntryState.WAITING} for each in people]
    statement = insert(CallEntry).values(rows)
    back = statement.on_conflict_do_update(
        index_elements=["list_id", "person_id"], set_={"state": EntryState.WAITING},
        where=CallEntry.state == EntryState.GONE,
    )  # fmt: skip
    return len(session.scalars(back.returning(CallEntry.id)).all())
