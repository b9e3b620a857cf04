"""How money is split that is short: pure arithmetic over whole minor units, with a reason for each line.

What holds for both rules, and is tested on made-up rounds without end: never more than there is, never more than asked,
all of it where enough is asked for, the same whatever the order in which applications come, and nobody gets less
because there is more to give.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from campaign.rounds.models import SplitRule


@dataclass(frozen=True, slots=True)
class Asked:
    """One application: how much it asks for, and the sum and number of its scores."""

    number: int
    asked: int
    points: int
    scores: int

    @property
    def mean(self) -> Fraction:
        """The mean of its scores, exactly."""
        return Fraction(self.points, self.scores) if self.scores else Fraction(0)


class Reason(StrEnum):
    """Why an application gets what it gets."""

    WHOLE = "whole"
    """All that it asked for."""
    REST = "rest"
    """What was left when its turn came, which is less."""
    NOTHING_LEFT = "nothing_left"
    SHARE = "share"
    """As much as everybody who asks for more than that."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one application would get, and why."""

    number: int
    asked: int
    given: int
    reason: Reason
    place: int
    """Its place by need, from 1."""
    points: int
    scores: int

    @property
    def mean(self) -> float:
        """The mean of its scores, to be shown."""
        return self.points / self.scores if self.scores else 0.0


def split(rule: SplitRule, available: int, applications: Iterable[Asked]) -> list[Share]:
    """Who gets how much, in the order of need: the higher mean first, of equals the one that came first.

    Neediest: each in turn gets all it asks for while there is money; the one at which it ends gets the rest.
    Equal: all get the same, but nobody more than asked; what that leaves goes to the others in equal parts, and what
    cannot be parted to one after another in the order of need.
    """
    ranked = sorted(applications, key=lambda each: (-each.mean, each.number))
    amounts = _neediest(available, ranked) if rule is SplitRule.NEEDIEST else _equal(available, ranked)
    return [
        Share(each.number, each.asked, given, _reason(rule, each.asked, given), place, each.points, each.scores)
        for place, (each, given) in enumerate(zip(ranked, amounts, strict=True), start=1)
    ]


def _neediest(available: int, ranked: Sequence[Asked]) -> list[int]:
    left, amounts = max(available, 0), []
    for each in ranked:
        amounts.append(min(each.asked, left))
        left -= amounts[-1]
    return amounts


def _equal(available: int, ranked: Sequence[Asked]) -> list[int]:
    """Raise one level for all until the money ends: those who ask for less than the level are done before."""
    left, open_, level = max(available, 0), len(ranked), 0
    for asked in sorted(each.asked for each in ranked):
        if (asked - level) * open_ > left:
            break
        left -= (asked - level) * open_
        level, open_ = asked, open_ - 1
    if open_:
        level, left = level + left // open_, left % open_
    amounts = []
    for each in ranked:
        extra = 1 if each.asked > level and left else 0
        left -= extra
        amounts.append(min(each.asked, level) + extra)
    return amounts


def _reason(rule: SplitRule, asked: int, given: int) -> Reason:
    if given == asked:
        return Reason.WHOLE
    if rule is SplitRule.EQUAL:
        return Reason.SHARE if given else Reason.NOTHING_LEFT
    return Reason.REST if given else Reason.NOTHING_LEFT
