"""What the public sees of funds: never a single gift, and nothing of who gave or was helped.

Figures are those of the end of the last week, rounded down to full tens, and income is not shown before five gifts have
come in: whoever looks every day must not be able to tell one gift from another.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select

from campaign.funds.models import (
    SHOWN,
    AccountKind,
    Fund,
    FundKind,
    LedgerAccount,
    LedgerPosting,
    PublicLevel,
)
from campaign.funds.queries.balances import Sums, sums_at
from campaign.funds.queries.rates import worth
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money, exponent
from campaign.prisoners.models import Prisoner, PrisonerState

FEWEST_GIFTS = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What a page shows, in the fund's own currency."""

    as_of: date
    needed: Money | None
    received: Money | None
    """None: too few gifts to be shown."""
    passed_on: Money | None
    is_about: bool = False
    """Some of it came in other currencies."""
    left_out: tuple[str, ...] = ()
    """Currencies of which nobody knows what they were worth, and whose amounts are not in it."""


def public_funds() -> Select[Fund]:
    """Funds that have a public page: the general one first, then the oldest."""
    published = select(Prisoner.id).where(Prisoner.state == PrisonerState.PUBLISHED)
    return (
        select(Fund)
        .where(
            Fund.state.in_(SHOWN), Fund.public_level != PublicLevel.HIDDEN,
            or_(Fund.prisoner_id.is_(None), Fund.prisoner_id.in_(published)),
        )
        .order_by(Fund.kind != FundKind.GENERAL, Fund.number)
    )  # fmt: skip


def get_public_fund(slug: str) -> Fund:
    """One with a public page; raises NotFound for every other slug, also while whoever it is for has none."""
    found = session.scalar(public_funds().where(Fund.slug == slug))
    if found is None:
        raise NotFound
    return found


def figures_of(funds: Collection[Fund], today: date) -> dict[uuid.UUID, Figures]:
    """The figures of those funds that show any."""
    shown = [each for each in funds if each.public_level == PublicLevel.FIGURES]
    if not shown:
        return {}
    as_of = week_end(today)
    sums, gifts = sums_at(as_of, [each.id for each in shown]), _count_gifts([each.id for each in shown], as_of)
    return {each.id: _figures(each, sums.get(each.id, []), gifts.get(each.id, 0), as_of) for each in shown}


def week_end(today: date) -> date:
    """The last Sunday before `today`."""
    return today - timedelta(days=today.isoweekday())


def find_whose(fund: Fund) -> Prisoner | None:
    """Whose fund it is, where it says so."""
    return None if fund.prisoner_id is None else session.get(Prisoner, fund.prisoner_id)


def _figures(fund: Fund, sums: Sequence[Sums], gifts: int, as_of: date) -> Figures:
    received, passed_on, left_out = 0, 0, []
    for each in sums:
        came = worth(Money(each.received, each.currency), fund.currency, as_of)
        went = worth(Money(each.passed_on, each.currency), fund.currency, as_of)
        if came is None or went is None:
            left_out.append(each.currency)
            continue
        received, passed_on = received + came.minor, passed_on + went.minor
    is_enough = gifts >= FEWEST_GIFTS
    return Figures(
        as_of, None if fund.goal is None else Money(fund.goal, fund.currency),
        _in_tens(received, fund.currency) if is_enough else None,
        _in_tens(passed_on, fund.currency) if is_enough else None,
        is_about=any(each.currency != fund.currency for each in sums), left_out=tuple(left_out),
    )  # fmt: skip


def _in_tens(minor: int, currency: str) -> Money:
    step = 10 * 10 ** exponent(currency)
    return Money(max(minor, 0) // step * step, currency)


def _count_gifts(funds: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, int]:
    """In how many entries something came in."""
    statement = (
        select(LedgerPosting.fund_id, func.count())
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(
            LedgerPosting.fund_id.in_(funds), LedgerPosting.happened_on <= day,
            LedgerAccount.kind == AccountKind.INCOME, LedgerPosting.amount < 0,
        )
        .group_by(LedgerPosting.fund_id)
    )  # fmt: skip
    return dict(session.execute(statement).all())
