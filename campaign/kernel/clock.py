"""The time. All of the code asks here, so that tests can move the clock."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The current day in UTC: the finest grain that is kept about the public (SAFETY.md 2)."""
    return now().date()
