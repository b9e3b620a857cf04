"""How well a helper fits a recipient: languages, interests, profession, promise, waiting and days, in whole points."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from campaign.penpals.matching.conditions import Helpers, Judgement, shared_languages
from campaign.penpals.matching.problem import Helper, Recipient
from campaign.penpals.matching.weights import Settings
from campaign.penpals.smoothing import LATE_BEFORE_RELEASE, PEAK, Near

SHORTEST, LONGEST = 7, 180
"""Days between two letters: the promise that counts in full, and the one that counts nothing."""
MOST_LANGUAGES = 3
LONG_WAIT = 365
LEAST_NEAR, MOST_NEAR = round(100 * LATE_BEFORE_RELEASE), round(100 * PEAK)
"""Hundredths of what smoothing.py multiplies a chance by."""
IMPOSSIBLE = -(1 << 29)
"""Below every sum of points, so that it stays negative whatever is added."""

Points = npt.NDArray[np.int32]


class Fit:
    """Points of every helper for one recipient at a time."""

    def __init__(self, settings: Settings, helpers: Sequence[Helper], profiles: Helpers) -> None:
        """Lay out topics and professions as a row of helpers for each word."""
        self._settings = settings
        self._of = profiles.of
        self._topics = _rows(len(helpers), (helper.topics for helper in helpers))
        self._professions = _rows(len(helpers), (helper.professions for helper in helpers))
        self._promise = np.array([promise_points(each.promise_days, settings) for each in helpers], dtype=np.int32)

    def points(self, recipient: Recipient, judgement: Judgement) -> Points:
        """Points of each helper for `recipient`, negative for whom a condition rules out."""
        further = np.clip(np.bitwise_count(judgement.shared).astype(np.int32) - 1, 0, MOST_LANGUAGES)
        by_profile = np.where(judgement.failing == 0, further * self._settings.language, IMPOSSIBLE).astype(np.int32)
        points: Points = by_profile[self._of] + self._promise
        points += np.int32(waiting_points(recipient.waiting_days, self._settings))
        points += np.int32(occasion_points(recipient.near, self._settings))
        alike = _count(self._topics, recipient.interests)
        if alike is not None:
            worth = np.minimum(np.arange(alike.max() + 1), self._settings.most_interests) * self._settings.interest
            points += worth.astype(np.int32)[alike]
        same = _count(self._professions, recipient.professions)
        if same is not None:
            points += np.where(same > 0, np.int32(self._settings.profession), np.int32(0))
        return points


def most_points(settings: Settings) -> int:
    """No pair has more."""
    return (
        MOST_LANGUAGES * settings.language
        + settings.most_interests * settings.interest
        + settings.profession
        + settings.promise
        + settings.waiting
        + settings.occasion
    )


def points_between(helper: Helper, recipient: Recipient, settings: Settings) -> int:
    """The points of one pair, worked out from its two sides alone."""
    further = min(max(len(shared_languages(helper, recipient)) - 1, 0), MOST_LANGUAGES)
    alike = min(len(set(helper.topics) & set(recipient.interests)), settings.most_interests)
    same = bool(set(helper.professions) & set(recipient.professions))
    return (
        further * settings.language
        + alike * settings.interest
        + same * settings.profession
        + promise_points(helper.promise_days, settings)
        + waiting_points(recipient.waiting_days, settings)
        + occasion_points(recipient.near, settings)
    )


def promise_points(days: int, settings: Settings) -> int:
    """For the promised rhythm, falling evenly from the shortest to the longest."""
    within = min(max(days, SHORTEST), LONGEST)
    return settings.promise * (LONGEST - within) // (LONGEST - SHORTEST)


def waiting_points(days: int, settings: Settings) -> int:
    """For the time of waiting, rising evenly over a year."""
    return settings.waiting * min(max(days, 0), LONG_WAIT) // LONG_WAIT


def occasion_points(near: Near | None, settings: Settings) -> int:
    """For a birthday or release that is near: in full at its peak, nothing right before a release, in between for
    everybody else."""
    hundredths = round(100 * (near.weight if near is not None else 1.0))
    return settings.occasion * (min(max(hundredths, LEAST_NEAR), MOST_NEAR) - LEAST_NEAR) // (MOST_NEAR - LEAST_NEAR)


def _rows(count: int, words_of: Iterable[tuple[str, ...]]) -> dict[str, npt.NDArray[np.uint8]]:
    places: dict[str, list[int]] = {}
    for number, words in enumerate(words_of):
        for word in set(words):
            places.setdefault(word, []).append(number)
    rows = {}
    for word, having in places.items():
        row = np.zeros(count, dtype=np.uint8)
        row[having] = 1
        rows[word] = row
    return rows


def _count(rows: dict[str, npt.NDArray[np.uint8]], words: Iterable[str]) -> npt.NDArray[np.uint8] | None:
    """How many of the words each helper has; None where nobody has any."""
    found = [rows[word] for word in set(words) if word in rows]
    if not found:
        return None
    total = found[0].copy()
    for row in found[1:]:
        total += row
    return total
