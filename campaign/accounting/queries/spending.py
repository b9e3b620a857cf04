"""What was spent month by month, from the sums that the ledger keeps."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from campaign.funds.models import AccountKind, LedgerAccount, LedgerPosting, LedgerTotal, Span
from campaign.kernel.db import session
from campaign.kernel.months import Month, month_of


def spent_by_month(first: date, last: date, currency: str) -> Mapping[str, Mapping[Month, int]]:
    """By account of expenses, and month: in one currency, without what came back."""
    statement = (
        select(LedgerAccount.code, LedgerTotal.starts_on, func.sum(LedgerTotal.amount))
        .join(LedgerAccount, LedgerAccount.id == LedgerTotal.account_id)
        .where(
            LedgerTotal.span == Span.MONTH, LedgerTotal.starts_on.between(first, last),
            LedgerTotal.currency == currency, LedgerAccount.kind == AccountKind.EXPENSES,
        )
        .group_by(LedgerAccount.code, LedgerTotal.starts_on)
    )  # fmt: skip
    found: dict[str, dict[Month, int]] = defaultdict(dict)
    for code, starts_on, amount in session.execute(statement):
        if amount:
            found[code][month_of(starts_on)] = int(amount)
    return found


def currencies() -> list[str]:
    """Those in which anything was ever posted."""
    statement = select(LedgerTotal.currency).where(LedgerTotal.span == Span.YEAR).distinct()
    return sorted(session.scalars(statement))


def last_entries() -> Mapping[str, date]:
    """The day of the last entry of each account, by code."""
    statement = (
        select(LedgerAccount.code, func.max(LedgerPosting.happened_on))
        .join(LedgerPosting, LedgerPosting.account_id == LedgerAccount.id)
        .where(LedgerAccount.kind == AccountKind.ASSETS)
        .group_by(LedgerAccount.code)
    )
    return dict(session.execute(statement).all())
