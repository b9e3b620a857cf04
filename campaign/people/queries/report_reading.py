"""What stored figures say of a period: pure arithmetic over what report_counts.py has written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.months import Month, months_between, quarter_of, shifted, span
from campaign.people.models import PeopleReport
from campaign.people.queries.report_counts import OTHERS, VERSION

FEWEST = 5
"""Fewer are put together with others, so that a table that leaves the house tells of nobody (SAFETY.md 18)."""
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Period:
    """Months in a row, and as many before them."""

    first: Month
    last: Month

    @property
    def months(self) -> list[Month]:
        """Each of them."""
        return list(span(self.first, self.last))

    @property
    def before(self) -> "Period":
        """As many months that end where it begins."""
        length = months_between(self.first, self.last) + 1
        return Period(shifted(self.first, -length), shifted(self.first, -1))

    def total(self, by_month: Counts) -> int:
        """What was counted in it."""
        return sum(amount for month, amount in by_month.items() if self.first <= month <= self.last)


@dataclass(frozen=True, slots=True)
class Growth:
    """What became of the number of people in one month."""

    month: Month
    new: int
    gone: int
    total: int
    """At its end, or now."""
    news: int
    """Of those who are here now, how many had agreed to news at its end."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a split: a source, a country."""

    word: str
    now: int
    before: int
    by_month: Counts


@dataclass(frozen=True, slots=True)
class Cohort:
    """Volunteers who began in one month or quarter."""

    began: Month
    size: int
    active: tuple[int | None, ...]
    """How many did something in each month after; None: that month is not over for all of them."""


def find_report(audience: str) -> PeopleReport | None:
    """The figures for one audience, if they were ever asked for."""
    return session.scalar(select(PeopleReport).where(PeopleReport.audience == audience))


def figures_of(report: PeopleReport | None) -> Mapping[str, Any]:
    """Its figures; empty where there are none, or where an older version of this place wrote them."""
    figures = report.figures if report is not None else None
    return figures if figures is not None and figures.get("version") == VERSION else {}


def first_month(figures: Mapping[str, Any]) -> Month | None:
    """The first month of which anything is known."""
    known = list(_new(figures)) + [month for counts in figures.get("activity", {}).values() for month in counts]
    return min(known, default=None)


def read_growth(figures: Mapping[str, Any], period: Period) -> list[Growth]:
    """Month by month, none left out."""
    new, growth = _new(figures), figures.get("growth", {})
    gone = growth.get("gone", {})
    given, ended = (growth.get("news", {}).get(name, {}) for name in ("given", "ended"))
    return [
        Growth(
            month, new.get(month, 0), sum(went.get(month, 0) for went in gone.values()),
            _until(new, month) - sum(_until(went, month) for went in gone.values()),
            _until(given, month) - _until(ended, month),
        )
        for month in period.months
    ]  # fmt: skip


def read_split(figures: Mapping[str, Any], split: str, period: Period, *, most: int | None = None) -> list[Word]:
    """Who came in a period, by the words of a split: those with most first, and what is too little as one at the end.

    Compared with the period before. `most`: so many are kept apart at most.
    """
    counted = figures.get("growth", {}).get(split, {})
    words = [Word(word, period.total(each), period.before.total(each), each) for word, each in counted.items()]
    shown, rest = _apart([each for each in words if each.now or each.before], most)
    return [*shown, _together(rest)] if rest else shown


def read_activity(figures: Mapping[str, Any], period: Period) -> dict[str, list[int]]:
    """By doing, the amount of each month."""
    months = period.months
    return {
        name: [counts.get(month, 0) for month in months] for name, counts in figures.get("activity", {}).items()
    }  # fmt: skip


def read_cohorts(
    figures: Mapping[str, Any], period: Period, *, running: Month, by_quarter: bool, most_after: int = 12
) -> list[Cohort]:
    """Who began in a period, the first first. The running month is never counted as one that is over."""
    # Part of a quarter would be a smaller one that never was.
    first = quarter_of(period.first) if by_quarter else period.first
    last = shifted(quarter_of(period.last), 2) if by_quarter else period.last
    stored = {month: each for month, each in figures.get("retention", {}).items() if first <= month <= last}
    groups: dict[Month, list[Month]] = {}
    for month in sorted(stored):
        groups.setdefault(quarter_of(month) if by_quarter else month, []).append(month)
    cohorts = []
    for began, months in groups.items():
        # The youngest of a quarter decides how far it can be looked at.
        over = months_between(shifted(began, 2) if by_quarter else began, running)
        active = [
            sum(stored[month]["active"].get(str(after), 0) for month in months) if after < over else None
            for after in range(most_after + 1)
        ]
        cohorts.append(Cohort(began, sum(stored[month]["size"] for month in months), tuple(active)))
    return cohorts


def _new(figures: Mapping[str, Any]) -> dict[Month, int]:
    """Who came in each month: those who are here, and those who are gone again."""
    growth = figures.get("growth", {})
    found: dict[Month, int] = {}
    for counts in (*growth.get("kept_for", {}).values(), *({came: sum(went.values())} for came, went in _gone(growth))):
        for month, amount in counts.items():
            found[month] = found.get(month, 0) + amount
    return found


def _gone(growth: Mapping[str, Any]) -> Iterable[tuple[Month, Counts]]:
    gone: Mapping[Month, Counts] = growth.get("gone", {})
    return gone.items()


def _until(counts: Counts, month: Month) -> int:
    return sum(amount for each, amount in counts.items() if each <= month)


def _apart(words: Sequence[Word], most: int | None) -> tuple[list[Word], list[Word]]:
    """Those that may stand alone, and the others, who are at least FEWEST together wherever there are so many."""
    ranked = sorted(words, key=lambda each: (-each.now, -each.before, each.word))
    shown = [each for each in ranked if each.now >= FEWEST and each.word != OTHERS][:most]
    rest = [each for each in ranked if each not in shown]
    while rest and shown and sum(each.now for each in rest) < FEWEST:
        rest.insert(0, shown.pop())
    return shown, rest


def _together(words: Sequence[Word]) -> Word:
    by_month: dict[Month, int] = {}
    for each in words:
        for month, amount in each.by_month.items():
            by_month[month] = by_month.get(month, 0) + amount
    return Word(OTHERS, sum(each.now for each in words), sum(each.before for each in words), by_month)
