"""What happens to pledges and gifts by itself: the next instalments, reminders, what is missed, what is lapsed."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from campaign.gifts.models import (
    EXPECTED,
    Gift,
    InstalmentState,
    Pledge,
    PledgeInstalment,
    PledgeState,
    What,
)
from campaign.gifts.queries.pledges import GRACE_DAYS
from campaign.gifts.service import gifts, instalments, pledging, shown
from campaign.kernel import clock
from campaign.kernel.db import session

REMIND_DAYS = 3
"""So long before its day."""
MISSED_DAYS = 60
MOST_MISSED = 3
"""So many in a row, and the pledge is waited for no more."""
EXPIRE_DAYS = 90
BATCH = 500


def list_due(today: date) -> list[uuid.UUID]:
    """The pledges for which something may have to be done today; each is then turned by itself."""
    ahead, soon = today + timedelta(days=instalments.AHEAD_DAYS), today + timedelta(days=REMIND_DAYS)
    active = select(Pledge.id).where(Pledge.state == PledgeState.ACTIVE)
    covered = select(PledgeInstalment.pledge_id).where(PledgeInstalment.due_on > ahead - timedelta(days=31))
    to_plan = active.where(Pledge.schedule != "once", Pledge.id.not_in(covered))
    open_ones = select(PledgeInstalment.pledge_id).where(
        PledgeInstalment.state == InstalmentState.DUE, PledgeInstalment.due_on <= soon
    )
    to_look = active.where(Pledge.id.in_(open_ones))
    return list(session.scalars(to_plan.union(to_look)))


def turn(pledge_id: uuid.UUID, today: date) -> None:
    """One pledge, in the open transaction; twice on a day is once."""
    pledge = instalments.lock_pledge(pledge_id)
    if pledge.state != PledgeState.ACTIVE:
        return
    instalments.plan(pledge, today)
    made = instalments.list_instalments(pledge_id)
    for each in made:
        if each.state == InstalmentState.DUE and each.due_on < today - timedelta(days=MISSED_DAYS):
            each.state = InstalmentState.MISSED
    session.flush()
    if _is_lapsed(pledge, [each.state for each in made]):
        instalments.end(pledge, PledgeState.LAPSED, What.LAPSED, None)
        return
    if pledge.wants_reminders and pledging.is_waited_for(pledge):
        for each in made:
            _remind(pledge, each, today)


def _remind(pledge: Pledge, each: PledgeInstalment, today: date) -> None:
    """Before its day, but for the first, of which they have just read; and once after it."""
    if each.state != InstalmentState.DUE:
        return
    is_ahead = today <= each.due_on <= today + timedelta(days=REMIND_DAYS)
    is_news = pledge.confirmed_on is None or each.due_on > pledge.confirmed_on + timedelta(days=2 * REMIND_DAYS)
    if is_ahead and is_news and each.reminded_on is None:
        each.reminded_on = today
        pledging.tell(pledge, "pledge.reminder", reason=f"before-{each.number}")
    elif each.due_on < today - timedelta(days=GRACE_DAYS) and each.nudged_on is None:
        each.nudged_on = today
        pledging.tell(pledge, "pledge.reminder", reason=f"after-{each.number}")
    session.flush()


def _is_lapsed(pledge: Pledge, states: Sequence[str]) -> bool:
    past = [state for state in states if state != InstalmentState.DUE]
    if pledge.times is not None and len(states) == pledge.times and InstalmentState.DUE not in states:
        return InstalmentState.MISSED in states
    return len(past) >= MOST_MISSED and all(state == InstalmentState.MISSED for state in past[-MOST_MISSED:])


def list_expiring(today: date) -> list[uuid.UUID]:
    """Gifts that were announced so long ago that nobody waits for them any more."""
    statement = select(Gift.id).where(Gift.state.in_(EXPECTED), Gift.expected_on < today - timedelta(days=EXPIRE_DAYS))
    return list(session.scalars(statement.limit(BATCH)))


def expire(gift_id: uuid.UUID) -> None:
    """Let one end; it may have moved since it was found."""
    try:
        gifts.expire(gift_id, actor=None)
    except gifts.NotThatStep:
        session.expire_all()


def show_again() -> int:
    """Move the public figures on, where the pledges of five more people lie behind them; gives how many funds."""
    return shown.move_on(clock.today())
