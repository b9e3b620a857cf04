"""Months as words, "2026-03", which sort as they follow each other."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, func

Month = str


def month_of(day: date) -> Month:
    """The month of a day."""
    return f"{day.year:04}-{day.month:02}"


def month_in_sql(day: ColumnElement[date]) -> ColumnElement[str]:
    """The same of a column."""
    return func.to_char(day, "YYYY-MM")


def first_day(month: Month) -> date:
    """Its first day. Raises ValueError for what is no month."""
    if len(month) != 7:
        raise ValueError(month)
    return date.fromisoformat(f"{month}-01")


def shifted(month: Month, by: int) -> Month:
    """So many months later, or earlier where `by` is negative."""
    day = first_day(month)
    number = day.year * 12 + day.month - 1 + by
    return f"{number // 12:04}-{number % 12 + 1:02}"


def months_between(first: Month, last: Month) -> int:
    """How many months the last is after the first."""
    one, other = first_day(first), first_day(last)
    return (other.year - one.year) * 12 + other.month - one.month


def span(first: Month, last: Month) -> Iterator[Month]:
    """Every month from the first to the last; nothing where that is before."""
    for number in range(months_between(first, last) + 1):
        yield shifted(first, number)


def quarter_of(month: Month) -> Month:
    """The first month of its quarter."""
    day = first_day(month)
    return f"{day.year:04}-{(day.month - 1) // 3 * 3 + 1:02}"
