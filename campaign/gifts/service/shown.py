"""What the public is shown as pledged: rounded, of five people at least, and never one pledge at a time.

The figure is kept, and moves on when something has happened to the pledges of five more people, at most once a week, so
that whoever looks every day can tell nothing of a single one.
"""

import uuid
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.funds.models import Fund
from campaign.funds.queries.public import FEWEST
from campaign.funds.queries.rates import worth
from campaign.gifts.models import (
    Donor,
    InstalmentState,
    Pledge,
    PledgeEvent,
    PledgeInstalment,
    PledgeShown,
    PledgeState,
    Schedule,
)
from campaign.kernel.db import session
from campaign.kernel.money import Money, exponent

WEEK = timedelta(days=7)
MONTHS_AHEAD = 12
"""Of what is given until it is stopped, so much counts as pledged."""


def move_on(today: date) -> int:
    """Move the figures on that may; in the open transaction. Gives how many."""
    # By address within the fund: one person makes five pledges one after the other. Who is erased counts not at all.
    moved = func.count(Donor.email_index.distinct())
    fresh = (
        select(Pledge.fund_id)
        .join(PledgeEvent, PledgeEvent.pledge_id == Pledge.id)
        .join(Donor, Donor.id == Pledge.donor_id)
        .where(~PledgeEvent.noted, Pledge.state != PledgeState.PENDING)
        .group_by(Pledge.fund_id)
        .having(moved >= FEWEST)
    )
    recent = select(PledgeShown.fund_id).where(PledgeShown.as_of > today - WEEK)
    funds = session.scalars(select(Fund).where(Fund.id.in_(fresh), Fund.id.not_in(recent)).order_by(Fund.id)).all()
    for fund in funds:
        _show(fund, today)
    return len(funds)


def _show(fund: Fund, today: date) -> None:
    # First the events, so that one that comes in meanwhile is part of the next figure and of none twice.
    of_fund = select(Pledge.id).where(Pledge.fund_id == fund.id, Pledge.state != PledgeState.PENDING)
    session.execute(
        update(PledgeEvent).where(PledgeEvent.pledge_id.in_(of_fund), ~PledgeEvent.noted).values(noted=True)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    pledges = session.scalars(select(Pledge).where(Pledge.fund_id == fund.id, Pledge.state == PledgeState.ACTIVE)).all()
    open_ones = _open_of([each.id for each in pledges])
    sums: dict[str, int] = {}
    for each in pledges:
        sums[each.currency] = sums.get(each.currency, 0) + still_open(each, open_ones.get(each.id, (0, 0, 0)))
    values = {"as_of": today, "amount": _worth(sums, fund.currency, today) if len(pledges) >= FEWEST else None}
    statement = insert(PledgeShown).values(fund_id=fund.id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["fund_id"], set_=values))


def still_open(pledge: Pledge, made: tuple[int, int, int]) -> int:
    """What has not come yet of a pledge, of the next year at most. `made`: how many instalments were made, and of the
    open ones the amount and what has come of it."""
    number, amount, received = made
    months = Schedule(pledge.schedule).months
    most = MONTHS_AHEAD // months if months else 1
    ahead = most if pledge.times is None else min(most, pledge.times - number)
    return amount - received + max(0, ahead) * pledge.amount


def _open_of(pledges: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int, int]]:
    is_open = PledgeInstalment.state == InstalmentState.DUE
    statement = (
        select(
            PledgeInstalment.pledge_id, func.count(),
            func.coalesce(func.sum(PledgeInstalment.amount).filter(is_open), 0),
            func.coalesce(func.sum(PledgeInstalment.received).filter(is_open), 0),
        )
        .where(PledgeInstalment.pledge_id.in_(pledges))
        .group_by(PledgeInstalment.pledge_id)
    )  # fmt: skip
    return {pledge: (number, int(amount), int(got)) for pledge, number, amount, got in session.execute(statement)}


def _worth(sums: dict[str, int], currency: str, today: date) -> int:
    """All of it in one currency, rounded down to full tens; what has no rate is not in it."""
    known = [worth(Money(minor, code), currency, today) for code, minor in sums.items()]
    step = 10 * 10 ** exponent(currency)
    whole = sum(each.minor for each in known if each is not None)
    return int(whole // step * step)
