"""What the public sees of funds: never a single gift, and nothing of who gave or was helped.

Figures are rounded down to full tens and stand still until five more people gave, or five more payments left, since the
last ones: then they are those of the end of that week. Whoever looks every day must not be able to tell one gift from
another. An entry counts in the week in which it was posted, where that is later than the day it is about. What was
given is kept as it is shown (service/received.py).
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Select, case, cast, func, or_, select, true

from campaign.funds.models import (
    SHOWN,
    AccountKind,
    Expense,
    Fund,
    FundKind,
    FundReceived,
    Income,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    PublicLevel,
)
from campaign.funds.queries.rates import worth
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money, exponent
from campaign.prisoners.models import Prisoner, PrisonerState

FEWEST = 5
"""Givers, or payments, behind every figure and behind every step from one figure to the next."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a page shows, in the fund's own currency."""

    needed: Money | None
    received: Money | None = None
    """None: too few givers to be shown."""
    received_by: date | None = None
    passed_on: Money | None = None
    """None: too few payments to be shown."""
    passed_on_by: date | None = None
    is_about: bool = False
    """Some of it came in other currencies."""
    is_short: bool = False
    """Some of it came in currencies of which nobody knows what they were worth, and is not in it. Which ones stays
    unsaid: it may be that of a single giver."""


@dataclass(slots=True)
class Week:
    """What one week added to one side of a fund."""

    came: set[int] = field(default_factory=set)
    """Numbers of entries that take nothing back."""
    gone: set[int] = field(default_factory=set)
    """Numbers of those that took something back."""
    undone: set[int] = field(default_factory=set)
    """Numbers of the entries that were taken back whole by them."""
    amounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


Weeks = dict[date, Week]
_Shown = tuple[Mapping[str, int], date] | None
"""Amounts by currency, and the end of the week whose they are; None: nothing may be shown."""


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
    until, ids = week_end(today), [each.id for each in shown]
    kept = {each.fund_id: each for each in session.scalars(select(FundReceived).where(FundReceived.fund_id.in_(ids)))}
    payments = _weeks(ids, AccountKind.EXPENSES, until)
    return {each.id: _figures(each, _given(kept.get(each.id)), _steady(payments[each.id])) for each in shown}


def income_weeks(until: date) -> dict[uuid.UUID, Weeks]:
    """What came in to each fund in each week until then, named by its Sunday."""
    funds = session.scalars(select(Fund.id).where(Fund.state.in_(SHOWN))).all()
    return _weeks(funds, AccountKind.INCOME, until)


def week_end(today: date) -> date:
    """The last Sunday before `today`."""
    return today - timedelta(days=today.isoweekday())


def find_whose(fund: Fund) -> Prisoner | None:
    """Whose fund it is, where it says so."""
    return None if fund.prisoner_id is None else session.get(Prisoner, fund.prisoner_id)


def _given(kept: FundReceived | None) -> _Shown:
    return None if kept is None else (kept.amounts, kept.as_of)


def _figures(fund: Fund, gifts: _Shown, payments: _Shown) -> Figures:
    received, left_out = _worth_of(gifts, fund.currency)
    passed_on, not_counted = _worth_of(payments, fund.currency)
    currencies = {code for side in (gifts, payments) if side for code in side[0]}
    return Figures(
        None if fund.goal is None else Money(fund.goal, fund.currency),
        received, gifts[1] if gifts else None, passed_on, payments[1] if payments else None,
        is_about=bool(currencies - {fund.currency}), is_short=bool(left_out | not_counted),
    )  # fmt: skip


def _worth_of(shown: _Shown, currency: str) -> tuple[Money | None, set[str]]:
    """All of it in one currency, and the currencies that have no rate."""
    if shown is None:
        return None, set()
    worths = {code: worth(Money(minor, code), currency, shown[1]) for code, minor in shown[0].items()}
    known = sum(each.minor for each in worths.values() if each is not None)
    return _in_tens(known, currency), {code for code, each in worths.items() if each is None}


def _steady(weeks: Weeks) -> _Shown:
    """What stood there at the end of the last week by which enough new entries had come since those shown before."""
    standing: dict[str, int] = defaultdict(int)
    shown: _Shown = None
    waiting = 0
    for sunday, week in sorted(weeks.items()):
        for code, minor in week.amounts.items():
            standing[code] += minor
        # What is taken back hides nothing that was shown, and helps nothing new to be shown.
        waiting = max(0, waiting + len(week.came) - len(week.gone))
        if waiting >= FEWEST:
            shown, waiting = (dict(standing), sunday), 0
    return shown


def _in_tens(minor: int, currency: str) -> Money:
    step = 10 * 10 ** exponent(currency)
    return Money(max(minor, 0) // step * step, currency)


def _weeks(funds: Collection[uuid.UUID], kind: AccountKind, until: date) -> dict[uuid.UUID, Weeks]:
    """What came in or went out in each week, named by its Sunday, by fund. Fees are no help passed on."""
    posting, entry = LedgerPosting, LedgerEntry
    # The books of the demo are written in one go, so only there the day of posting says nothing.
    posted = case((Fund.is_demo, posting.happened_on), else_=cast(func.timezone("UTC", entry.posted_at), Date))
    day = func.greatest(posting.happened_on, posted)
    sunday = cast(func.date_trunc("week", day), Date) + 6
    is_gift = LedgerAccount.code.in_((Income.GIFTS, Income.GRANTS)) if kind == AccountKind.INCOME else true()
    is_more = posting.amount < 0 if kind == AccountKind.INCOME else posting.amount > 0
    number = posting.entry_number
    statement = (
        select(
            posting.fund_id, sunday, posting.currency, func.sum(posting.amount),
            func.array_agg(number.distinct()).filter(is_more, is_gift, entry.reverses.is_(None)),
            func.array_agg(number.distinct()).filter(~is_more),
            func.array_agg(entry.reverses.distinct()).filter(entry.reverses.is_not(None)),
        )
        .join(entry, entry.number == number)
        .join(LedgerAccount, LedgerAccount.id == posting.account_id)
        .join(Fund, Fund.id == posting.fund_id)
        .where(
            posting.fund_id.in_(funds), posting.happened_on <= until, sunday <= until,
            LedgerAccount.kind == kind, LedgerAccount.code != Expense.FEES,
        )
        .group_by(posting.fund_id, sunday, posting.currency)
    )  # fmt: skip
    return _by_week(session.execute(statement).all(), -1 if kind == AccountKind.INCOME else 1)


def _by_week(rows: Iterable[Any], sign: int) -> dict[uuid.UUID, Weeks]:
    found: dict[uuid.UUID, Weeks] = defaultdict(lambda: defaultdict(Week))
    for fund, sunday, currency, amount, came, gone, undone in rows:
        week = found[fund][sunday]
        week.amounts[currency] += sign * int(amount)
        # As sets: an entry in two currencies has a row in each, and is one gift all the same.
        week.came |= set(came or ())
        week.gone |= set(gone or ())
        week.undone |= set(undone or ())
    return found
