"""Letters for a birthday or before a release, spread over the weeks before instead of flooding a day. Pure.

A letter by post takes two weeks to a reader behind a censor, so the chance of being offered rises from five weeks
before, stays level, eases in the last days and is what it always was on the day itself. A budget a day keeps a crowd
that comes on one day from all going to one birthday. Only days that are public count: a birthday known to the day of
somebody whose publicity is not limited.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

FROM_DAYS = 35
LEVEL_FROM_DAYS = 25
LEVEL_TO_DAYS = 8
PEAK = 3.0
LATE_BEFORE_RELEASE = 0.3
"""Of a chance in the last days before a release, since a letter would no longer find them."""
DAILY_BUDGET = 3
"""Letters a day for which an occasion counts."""


class Occasion(NamedTuple):
    """What is public of somebody's days."""

    born_on: date | None = None
    """None unless it is known to the day and may be shown."""
    release_on: date | None = None
    """The day on which the term is expected to end."""


class OccasionKind(StrEnum):
    """What there is to write for."""

    BIRTHDAY = "birthday"
    RELEASE = "release"


class Near(NamedTuple):
    """The one of somebody's days that counts today."""

    kind: OccasionKind
    days: int
    """Until it comes."""
    weight: float
    """By how much the chance of a letter is multiplied."""


def near(occasion: Occasion, today: date, taken_today: int = 0) -> Near | None:
    """The day that counts most today; None where nothing is near or its letters of today are promised.

    `taken_today`: letters already promised to them today; each uses up a part of the occasion's budget.
    """
    found = []
    if occasion.born_on is not None:
        days = (next_anniversary(occasion.born_on, today) - today).days
        found.append(Near(OccasionKind.BIRTHDAY, days, _rise(days)))
    if occasion.release_on is not None:
        days = (occasion.release_on - today).days
        if 0 <= days < LEVEL_TO_DAYS:
            return Near(OccasionKind.RELEASE, days, LATE_BEFORE_RELEASE)
        found.append(Near(OccasionKind.RELEASE, days, _rise(days)))
    best = max(found, key=lambda each: each.weight, default=None)
    left = max(DAILY_BUDGET - taken_today, 0) / DAILY_BUDGET
    if best is None or best.weight <= 1.0 or not left:
        return None
    return best._replace(weight=1.0 + (best.weight - 1.0) * left)


def weight(occasion: Occasion, today: date, taken_today: int = 0) -> float:
    """By how much the chance of a letter to somebody is multiplied today; 1.0 where nothing is near."""
    found = near(occasion, today, taken_today)
    return found.weight if found is not None else 1.0


def weights(
    occasions: Mapping[uuid.UUID, Occasion], today: date, taken_today: Mapping[uuid.UUID, int] | None = None
) -> dict[uuid.UUID, float]:
    """The weight of each on that day, for whoever plans for many people or for days ahead."""
    taken = taken_today or {}
    return {each: weight(occasion, today, taken.get(each, 0)) for each, occasion in occasions.items()}


def next_anniversary(born_on: date, today: date) -> date:
    """The next birthday from `today` on; who was born on 29 February has it on 1 March in other years."""
    return min(day for day in _anniversaries(born_on, (today.year, today.year + 1)) if day >= today)


def _anniversaries(born_on: date, years: Iterable[int]) -> Iterable[date]:
    for year in years:
        try:
            yield born_on.replace(year=year)
        except ValueError:
            yield date(year, 3, 1)


def _rise(days: int) -> float:
    """The factor so many days before: 1 up to PEAK, level, and back; 1 on the day itself and whenever it is far."""
    if not 0 < days <= FROM_DAYS:
        return 1.0
    if days > LEVEL_FROM_DAYS:
        return 1.0 + (PEAK - 1.0) * (FROM_DAYS + 1 - days) / (FROM_DAYS + 1 - LEVEL_FROM_DAYS)
    if days < LEVEL_TO_DAYS:
        return 1.0 + (PEAK - 1.0) * days / LEVEL_TO_DAYS
    return PEAK
