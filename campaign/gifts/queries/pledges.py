"""Reads of pledges."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from campaign.gifts.models import (
    ClosingState,
    Donor,
    InstalmentState,
    Pledge,
    PledgeEvent,
    PledgeInstalment,
    PledgeState,
    RailClosing,
    Schedule,
    Visibility,
)
from campaign.gifts.models.codes import BadCode, read_code
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

GRACE_DAYS = 10
"""So long after its day an instalment is overdue; a transfer takes its time."""
OVERDUE = "overdue"
TO_RELEASE = "to-release"
SORTS: dict[str, tuple[Any, ...]] = {
    "made": (Pledge.made_on,), "state": (Pledge.state,), "amount": (Pledge.currency, Pledge.amount),
    "schedule": (Pledge.schedule,), "due": (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Next:
    """What is waited for next of a pledge."""

    due_on: date
    open: int
    """In minor units, of all that is due until now and of the next one."""


def code_in(typed: str) -> str:
    """The code that was typed; what is none finds nothing."""
    try:
        return read_code(typed)
    except BadCode:
        return ""


def get_pledge(pledge_id: uuid.UUID) -> Pledge:
    """One pledge that was confirmed once; raises NotFound."""
    found = session.get(Pledge, pledge_id, populate_existing=True)
    if found is None or found.state == PledgeState.PENDING:
        raise NotFound
    return found


def pledges(
    today: date, *, search: str = "", state: str = "", fund_id: uuid.UUID | None = None, schedule: str = "",
    sort: str = "",
) -> Select[Pledge]:  # fmt: skip
    """Pledges that were confirmed, for a list: by code, state ("overdue" and "to-release" among them), fund and
    schedule; newest first unless sorted."""
    statement = select(Pledge).where(Pledge.state != PledgeState.PENDING)
    if search:
        statement = statement.where(Pledge.reference == code_in(search))
    if state == OVERDUE:
        statement = statement.where(is_overdue(today))
    elif state == TO_RELEASE:
        statement = statement.where(has_name_to_release())
    elif state in set(PledgeState):
        statement = statement.where(Pledge.state == state)
    if fund_id is not None:
        statement = statement.where(Pledge.fund_id == fund_id)
    if schedule in set(Schedule):
        statement = statement.where(Pledge.schedule == schedule)
    columns = [*SORTS.get(sort.removeprefix("-"), ())]
    if sort.removeprefix("-") == "due":
        columns = [_next_due()]
    orders = [each.desc().nulls_last() if sort.startswith("-") else each.asc().nulls_last() for each in columns]
    return statement.order_by(*orders, Pledge.made_on.desc(), Pledge.id)


def is_overdue(today: date) -> ColumnElement[bool]:
    """Whether something of a pledge has been waited for too long: derived from the days, stored nowhere."""
    late = select(PledgeInstalment.pledge_id).where(
        PledgeInstalment.state == InstalmentState.DUE,
        PledgeInstalment.due_on < today - timedelta(days=GRACE_DAYS),
    )
    return (Pledge.state == PledgeState.ACTIVE) & Pledge.id.in_(late)


def count_overdue(today: date) -> int:
    """How many are overdue."""
    return session.scalar(select(func.count()).select_from(Pledge).where(is_overdue(today))) or 0


def has_name_to_release() -> ColumnElement[bool]:
    """Whether the donor of a confirmed pledge asks to be named, and nobody has released the name yet."""
    asks = select(Donor.id).where(Donor.visibility == Visibility.PUBLIC, Donor.released_on.is_(None))
    return (Pledge.state != PledgeState.PENDING) & Pledge.donor_id.in_(asks)


def count_to_release() -> int:
    """How many of those there are."""
    return session.scalar(select(func.count()).select_from(Pledge).where(has_name_to_release())) or 0


def next_of(ids: Collection[uuid.UUID], today: date) -> Mapping[uuid.UUID, Next]:
    """What is waited for next, by pledge; those of which nothing is are left out."""
    part = PledgeInstalment
    statement = (
        select(part.pledge_id, func.min(part.due_on), func.sum(part.amount - part.received))
        .where(part.pledge_id.in_(ids), part.state == InstalmentState.DUE)
        .group_by(part.pledge_id)
    )
    return {pledge: Next(due_on, int(still)) for pledge, due_on, still in session.execute(statement)}


def late_of(ids: Collection[uuid.UUID], today: date) -> frozenset[uuid.UUID]:
    """Those of them that are overdue."""
    return frozenset(session.scalars(select(Pledge.id).where(Pledge.id.in_(ids), is_overdue(today))))


def list_events(pledge_id: uuid.UUID) -> Sequence[PledgeEvent]:
    """What happened to a pledge, oldest first."""
    return session.scalars(
        select(PledgeEvent).where(PledgeEvent.pledge_id == pledge_id).order_by(PledgeEvent.id)
    ).all()  # fmt: skip


def list_closings() -> Sequence[RailClosing]:
    """Every rail that was closed, newest first."""
    return session.scalars(select(RailClosing).order_by(RailClosing.asked_at.desc()).limit(20)).all()


def count_closings_waiting(actor: uuid.UUID) -> int:
    """How many wait to be confirmed, but for those that this person asked for."""
    others = RailClosing.asked_by.is_distinct_from(actor)
    return session.scalar(select(func.count()).where(RailClosing.state == ClosingState.WAITING, others)) or 0


def count_live(fund_id: uuid.UUID) -> int:
    """How many pledges to a fund are kept."""
    return session.scalar(
        select(func.count()).where(Pledge.fund_id == fund_id, Pledge.state == PledgeState.ACTIVE)
    ) or 0  # fmt: skip


def _next_due() -> ColumnElement[date]:
    part = PledgeInstalment
    return (
        select(func.min(part.due_on))
        .where(part.pledge_id == Pledge.id, part.state == InstalmentState.DUE)
        .scalar_subquery()
    )
