"""What a fund has, got and passed on, on any day.

Read from sums of whole years and months before the day and from postings of the day's own month, so that a million
postings cost no more than some thousand rows each.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, Subquery, func, select, union_all

from campaign.funds.models import AccountKind, Expense, LedgerAccount, LedgerPosting, LedgerTotal, Span
from campaign.kernel.db import session
from campaign.kernel.money import Money

Amounts = Mapping[str, Money]
"""By currency."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on one account for one fund; a debit is positive."""

    fund_id: uuid.UUID
    account: str
    money: Money

    @property
    def kind(self) -> AccountKind:
        """What sort of account it is."""
        return AccountKind(self.account.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Sums:
    """One fund in one currency, as people speak of it: everything positive."""

    currency: str
    received: int = 0
    """Income, without what was given back."""
    passed_on: int = 0
    """Expenses, without what moving the money costs."""
    fees: int = 0
    has: int = 0
    """What lies with us for it, less what is owed out of that."""


def balances_at(day: date, funds: Iterable[uuid.UUID] | None = None) -> list[Balance]:
    """Every balance at the end of `day` that is not zero, of all funds or of some."""
    parts = _parts(day, None if funds is None else list(funds))
    amount = func.sum(parts.c.amount)
    statement = (
        select(parts.c.fund_id, LedgerAccount.code, parts.c.currency, amount)
        .join(LedgerAccount, LedgerAccount.id == parts.c.account_id)
        .group_by(parts.c.fund_id, LedgerAccount.code, parts.c.currency)
        .having(amount != 0)
        .order_by(parts.c.fund_id, LedgerAccount.code, parts.c.currency)
    )
    rows = session.execute(statement)
    return [Balance(fund, code, Money(int(total), currency)) for fund, code, currency, total in rows]


def sums_at(day: date, funds: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, list[Sums]]:
    """What each fund received, passed on and has at the end of `day`, by currency; one without postings is missing."""
    collected: dict[uuid.UUID, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for each in balances_at(day, funds):
        into, minor = collected[each.fund_id][each.money.currency], each.money.minor
        if each.kind == AccountKind.INCOME:
            into["received"] -= minor
        elif each.kind == AccountKind.EXPENSES:
            into["fees" if each.account == Expense.FEES else "passed_on"] += minor
        elif each.kind in {AccountKind.ASSETS, AccountKind.LIABILITIES}:
            into["has"] += minor
    return {
        fund: [Sums(currency, **amounts) for currency, amounts in sorted(by_currency.items())]
        for fund, by_currency in collected.items()
    }


def _parts(day: date, funds: list[uuid.UUID] | None) -> Subquery:
    month = day.replace(day=1)
    year = month.replace(month=1)
    total, posting = LedgerTotal, LedgerPosting
    parts: list[Select[uuid.UUID, int, str, int]] = [
        select(total.fund_id, total.account_id, total.currency, total.amount).where(
            total.span == Span.YEAR, total.starts_on < year
        ),
        select(total.fund_id, total.account_id, total.currency, total.amount).where(
            total.span == Span.MONTH, total.starts_on >= year, total.starts_on < month
        ),
        select(posting.fund_id, posting.account_id, posting.currency, posting.amount).where(
            posting.happened_on >= month, posting.happened_on <= day
        ),
    ]
    if funds is not None:
        of = (total.fund_id, total.fund_id, posting.fund_id)
        parts = [part.where(column.in_(funds)) for part, column in zip(parts, of, strict=True)]
    return union_all(*parts).subquery("part")


def account_balances_at(day: date) -> dict[str, list[Money]]:
    """What stands on each account at the end of `day`, of all funds together, by currency."""
    collected: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in balances_at(day):
        collected[each.account][each.money.currency] += each.money.minor
    return {
        code: [Money(minor, currency) for currency, minor in sorted(amounts.items()) if minor]
        for code, amounts in collected.items()
    }
