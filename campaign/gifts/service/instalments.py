"""Instalments of pledges: which are due, what a gift brings, what goes back with it. The caller holds nothing yet but
the gift; each of these takes the row of the pledge, under which all of its instalments move."""

import calendar
import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select

from campaign.gifts.models import (
    KEPT_DAYS,
    Donor,
    Gift,
    GiftPart,
    InstalmentState,
    Pledge,
    PledgeEvent,
    PledgeInstalment,
    PledgeState,
    Schedule,
    What,
)
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound

AHEAD_DAYS = 40
"""So long before its day an instalment is made."""
OPEN = frozenset({InstalmentState.DUE, InstalmentState.MISSED})
_I = InstalmentState


class NotThatStep(Conflict):
    """From where the pledge is there is no such step."""


def lock_pledge(pledge_id: uuid.UUID) -> Pledge:
    """A pledge under the lock of its row. Raises NotFound."""
    statement = select(Pledge).where(Pledge.id == pledge_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def day_of(pledge: Pledge, number: int) -> date:
    """The day of an instalment, the first being number 1: the same day of the month, or its last."""
    months = pledge.starts_on.month - 1 + Schedule(pledge.schedule).months * (number - 1)
    year, month = pledge.starts_on.year + months // 12, months % 12 + 1
    return date(year, month, min(pledge.starts_on.day, calendar.monthrange(year, month)[1]))


def plan(pledge: Pledge, today: date) -> int:
    """Make the instalments whose day comes near; the caller holds the pledge. Gives how many were made."""
    last = session.scalar(
        select(func.max(PledgeInstalment.number)).where(PledgeInstalment.pledge_id == pledge.id)
    )  # fmt: skip
    number, made = last or 0, 0
    while pledge.times is None or number < pledge.times:
        day = day_of(pledge, number + 1)
        # The first is there at once, whenever it is due.
        if number and day > today + timedelta(days=AHEAD_DAYS):
            break
        number, made = number + 1, made + 1
        session.add(
            PledgeInstalment(
                id=uuid.uuid4(), pledge_id=pledge.id, number=number, due_on=day, amount=pledge.amount, received=0,
                state=_I.DUE,
            )
        )  # fmt: skip
    session.flush()
    if made and pledge.donor_id:
        _keep_donor(pledge.donor_id, day_of(pledge, number))
    return made


def list_instalments(pledge_id: uuid.UUID) -> Sequence[PledgeInstalment]:
    """All that were made, in their order."""
    statement = select(PledgeInstalment).where(PledgeInstalment.pledge_id == pledge_id)
    ordered = statement.order_by(PledgeInstalment.number)
    return session.scalars(ordered.execution_options(populate_existing=True)).all()


def bring(gift: Gift) -> None:
    """A gift of a pledge has settled: it fills the instalment it was matched with, then the earliest that are open.
    In another currency it fills none, and a treasurer decides."""
    if gift.pledge_id is None:
        return
    pledge = lock_pledge(gift.pledge_id)
    if gift.currency != pledge.currency or pledge.state == PledgeState.PENDING:
        return
    pledge.account, left = gift.account, gift.gross - gift.refunded
    waiting = [each for each in list_instalments(pledge.id) if each.state in OPEN]
    for each in sorted(waiting, key=lambda one: (one.id != gift.taken_as, one.number)):
        part = min(left, each.amount - each.received)
        if part <= 0:
            continue
        session.add(GiftPart(gift_id=gift.id, instalment_id=each.id, amount=part))
        each.received, left = each.received + part, left - part
        if each.received == each.amount:
            each.state = _I.MATCHED
    session.flush()
    note(pledge, What.CAME, None)
    _look_whether_fulfilled(pledge)


def send_back(gift: Gift) -> None:
    """What a gift brought is open again."""
    if gift.pledge_id is None:
        return
    pledge = lock_pledge(gift.pledge_id)
    parts = session.execute(
        delete(GiftPart).where(GiftPart.gift_id == gift.id).returning(GiftPart.instalment_id, GiftPart.amount)
    ).all()
    if not parts:
        return
    by_id = {each.id: each for each in list_instalments(pledge.id)}
    for instalment_id, amount in parts:
        each = by_id[instalment_id]
        each.received -= amount
        if each.state == _I.MATCHED:
            each.state = _I.DUE
    if pledge.state == PledgeState.FULFILLED:
        pledge.state, pledge.ended_on = PledgeState.ACTIVE, None
    session.flush()
    note(pledge, What.WENT_BACK, None)


def waive(instalment_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Nobody waits for it any more. Raises NotFound, NotThatStep."""
    seen = session.get(PledgeInstalment, instalment_id)
    if seen is None:
        raise NotFound
    pledge = lock_pledge(seen.pledge_id)
    found = session.get_one(PledgeInstalment, instalment_id, populate_existing=True)
    if found.state not in OPEN or found.received == found.amount:
        raise NotThatStep(N_("Nothing is open of this part any more. Nothing was changed."))
    found.state = _I.WAIVED
    session.flush()
    note(pledge, What.WAIVED, actor)
    _look_whether_fulfilled(pledge)


def note(pledge: Pledge, what: What, actor: uuid.UUID | None) -> None:
    """Write down what happened to a pledge."""
    session.add(
        PledgeEvent(
            pledge_id=pledge.id, what=what, state=pledge.state, actor_id=actor, happened_on=clock.today(), noted=False
        )
    )
    session.flush()


def end(pledge: Pledge, state: PledgeState, what: What, actor: uuid.UUID | None) -> None:
    """Let a pledge come to its end; what is still open of it is waited for no more. The caller holds it."""
    pledge.state, pledge.ended_on = state, clock.today()
    for each in list_instalments(pledge.id):
        if each.state == _I.DUE and state != PledgeState.FULFILLED:
            each.state = _I.WAIVED if state == PledgeState.CANCELLED else _I.MISSED
    session.flush()
    note(pledge, what, actor)


def _look_whether_fulfilled(pledge: Pledge) -> None:
    made = list_instalments(pledge.id)
    is_whole = pledge.times is not None and len(made) == pledge.times
    done = all(each.state in {_I.MATCHED, _I.WAIVED} for each in made)
    if pledge.state in {PledgeState.ACTIVE, PledgeState.LAPSED} and is_whole and done:
        end(pledge, PledgeState.FULFILLED, What.FULFILLED, None)


def _keep_donor(donor_id: uuid.UUID, last_due: date) -> None:
    found = session.get(Donor, donor_id, with_for_update=True)
    if found is not None:
        found.keep_until = max(found.keep_until, last_due + timedelta(days=KEPT_DAYS))
        session.flush()
