"""Under which day the books say that something happened."""

from datetime import date, timedelta

from sqlalchemy import func, select

from campaign.funds.models import LedgerMonth, MonthState
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.months import first_day, month_of, shifted

OLDEST_DAYS = 400
"""What is said to have happened longer ago was mistyped: it would open every month since then anew, each of which waits
to be closed. A year and its closing fit; what is older comes in as an opening balance."""


def earliest_day() -> date:
    """The first day that is still taken as one on which something happened."""
    return clock.today() - timedelta(days=OLDEST_DAYS)


def closed_through() -> date | None:
    """The last day of the last closed month; None while none was closed."""
    last = session.scalar(select(func.max(LedgerMonth.starts_on)).where(LedgerMonth.state == MonthState.CLOSED))
    return None if last is None else end_of_month(last)


def book_day(day: date) -> date:
    """The day under which something that happened on `day` is posted: that day, as long as its month is not closed,
    else the first day that is open. What is corrected later stands in the open month as well."""
    closed = closed_through()
    return day if closed is None or day > closed else closed + timedelta(days=1)


def end_of_month(day: date) -> date:
    """The last day of its month."""
    return first_day(shifted(month_of(day), 1)) - timedelta(days=1)
