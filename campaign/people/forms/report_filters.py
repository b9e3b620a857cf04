"""What narrows a report, read from its address and written into it again: period, split, group."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.kernel.months import Month, month_of, months_between, shifted
from campaign.people.queries.report_counts import SPLITS
from campaign.people.queries.report_reading import Period

LENGTHS = (3, 6, 12, 24, 36)
USUAL = 12
OLDEST = 120
"""So many months back a period can end."""
MONTH, QUARTER = "month", "quarter"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, as far as it means something."""

    period: Period
    length: int
    running: Month
    split: str
    by: str
    group: uuid.UUID | None
    arguments: Mapping[str, Any]
    """What differs from what is usual, for links to the same figures."""

    @property
    def is_running(self) -> bool:
        """Whether the last month is not over yet."""
        return self.period.last == self.running

    @property
    def by_quarter(self) -> bool:
        """Whether cohorts are quarters."""
        return self.by == QUARTER


def read(
    given: Mapping[str, str], *, today: date, first: Month | None, groups: Sequence[uuid.UUID], split: str = "kept_for",
    usual: int = USUAL,
) -> Asked:  # fmt: skip
    """Read it. `first`: of which month something is known; the last month that is over is the usual end, unless
    everything began in the one that runs."""
    running = month_of(today)
    usual_end = running if first is None or first >= running else shifted(running, -1)
    length = int(given["months"]) if given.get("months", "") in {str(each) for each in LENGTHS} else usual
    until = given.get("until", "")
    last = until if until in ends(today) else usual_end
    chosen = given.get("split", "") if given.get("split") in SPLITS else split
    by = MONTH if given.get("by") == MONTH else QUARTER
    group = next((each for each in groups if str(each) == given.get("group")), None)
    arguments = {
        "months": "" if length == usual else str(length), "until": "" if last == usual_end else last,
        "split": "" if chosen == split else chosen, "by": "" if by == QUARTER else by,
        "group": str(group or ""),
    }  # fmt: skip
    return Asked(
        Period(shifted(last, 1 - length), last), length, running, chosen, by, group,
        {name: value for name, value in arguments.items() if value},
    )  # fmt: skip


def ends(today: date) -> list[Month]:
    """The months in which a period can end, the newest first."""
    running = month_of(today)
    return [shifted(running, -number) for number in range(OLDEST)]


def offered_ends(today: date, first: Month | None) -> list[Month]:
    """Those that are offered: as far back as anything is known."""
    running = month_of(today)
    known = min(months_between(first, running), OLDEST - 1) if first is not None and first < running else 0
    return ends(today)[: known + 1]
