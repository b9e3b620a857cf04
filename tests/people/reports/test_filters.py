"""What the address of a report asks for, around the ends of months."""

import uuid
from datetime import date

import pytest

from campaign.kernel.months import month_of, months_between, quarter_of, shifted, span
from campaign.people.forms.report_filters import Asked, offered_ends, read

GROUP = uuid.uuid4()


def asked(today: date, first: str | None = "2025-01", **given: str) -> Asked:
    return read(given, today=today, first=first, groups=[GROUP])


def test_months_follow_each_other_over_the_years() -> None:
    assert [shifted("2026-01", by) for by in (-13, -1, 0, 11, 12)] == [
        "2024-12", "2025-12", "2026-01", "2026-12", "2027-01",
    ]  # fmt: skip
    assert list(span("2025-11", "2026-02")) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(span("2026-02", "2026-01")) == []
    assert (months_between("2025-12", "2026-01"), month_of(date(2026, 2, 28))) == (1, "2026-02")
    assert [quarter_of(month) for month in ("2026-03", "2026-04", "2026-12")] == ["2026-01", "2026-04", "2026-10"]


@pytest.mark.parametrize(
    ("today", "last"), [(date(2026, 2, 28), "2026-01"), (date(2026, 3, 1), "2026-02"), (date(2026, 1, 1), "2025-12")]
)
def test_a_period_ends_with_the_last_month_that_is_over(today: date, last: str) -> None:
    found = asked(today)
    assert (found.period.last, len(found.period.months), found.is_running) == (last, 12, False)
    assert found.period.before.last == shifted(found.period.first, -1)
    assert len(found.period.before.months) == 12
    assert found.arguments == {}


def test_what_began_in_the_running_month_is_shown_with_it() -> None:
    for first in ("2026-05", None):
        found = asked(date(2026, 5, 31), first)
        assert (found.period.last, found.is_running) == ("2026-05", True)


def test_what_differs_stays_in_the_address() -> None:
    found = asked(date(2026, 5, 31), months="3", until="2026-05", split="country", by="month", group=str(GROUP))
    assert found.arguments == {
        "months": "3", "until": "2026-05", "split": "country", "by": "month", "group": str(GROUP),
    }  # fmt: skip
    assert (found.period.months, found.group, found.by_quarter) == (["2026-03", "2026-04", "2026-05"], GROUP, False)


@pytest.mark.parametrize("wrong", ["", "0", "-1", "99999999999", "2026-13", "2027-01", "1066-10", "x" * 500, "\x00"])
def test_nonsense_means_what_is_usual(wrong: str) -> None:
    found = asked(date(2026, 5, 31), months=wrong, until=wrong, split=wrong, by=wrong, group=wrong)
    assert (found.length, found.period.last, found.group, found.arguments) == (12, "2026-04", None, {})


def test_periods_are_offered_as_far_back_as_anything_is_known() -> None:
    assert offered_ends(date(2026, 3, 1), "2026-01") == ["2026-03", "2026-02", "2026-01"]
    assert offered_ends(date(2026, 3, 1), None) == ["2026-03"]
    assert len(offered_ends(date(2026, 3, 1), "1970-01")) == 120
