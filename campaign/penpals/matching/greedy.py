"""The baseline: whoever has least gets the best helper left, one letter at a time. Never better than `solve`."""

import heapq
from dataclasses import dataclass, field

import numpy as np

from campaign.penpals.matching.conditions import Ints
from campaign.penpals.matching.problem import LETTER
from campaign.penpals.matching.standing import Standing

A_FEW = 256


@dataclass(slots=True)
class Greedy:
    """What the baseline gives; running pairs stay."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    """(helper, recipient)."""
    fit: int = 0


def give_greedily(stock: Standing) -> Greedy:
    """Give one helper at a time to the recipient with least attention, until nobody below the floor can get one."""
    kept: dict[int, int] = {}
    places = np.array(stock.places, dtype=np.int64)
    for helper, recipient in stock.movable:
        places[helper] -= 1
        kept[recipient] = kept.get(recipient, 0) + 1
    made = Greedy()
    waiting = []
    for number in range(len(stock.problem.recipients)):
        level = stock.raised[number] + LETTER * kept.get(number, 0)
        room = stock.room[number] - kept.get(number, 0)
        if stock.is_in_picture(number) and level < stock.settings.floor and room > 0:
            waiting.append((level, -stock.problem.recipients[number].waiting_days, number, room))
    heapq.heapify(waiting)
    best = _Best(stock, places)
    while waiting:
        level, longest, number, room = heapq.heappop(waiting)
        chosen = best.take(number)
        if chosen is None:
            continue
        made.pairs.append((chosen[0], number))
        made.fit += chosen[1]
        places[chosen[0]] -= 1
        if level + LETTER < stock.settings.floor and room > 1:
            heapq.heappush(waiting, (level + LETTER, longest, number, room - 1))
    return made


class _Best:
    """The best helpers of each recipient, a few at a time."""

    def __init__(self, stock: Standing, places: Ints) -> None:
        self._stock = stock
        self._places = places
        self._lists: dict[int, list[tuple[int, int]]] = {}
        self._given: dict[int, set[int]] = {}

    def take(self, recipient: int) -> tuple[int, int] | None:
        """The best helper with a place left who was not taken for this recipient before, and the points."""
        given = self._given.setdefault(recipient, set())
        for _ in range(2):
            for helper, points in self._lists.get(recipient, ()):
                if self._places[helper] > 0 and helper not in given:
                    given.add(helper)
                    return helper, points
            self._lists[recipient] = self._list(recipient, given)
        return None

    def _list(self, recipient: int, given: set[int]) -> list[tuple[int, int]]:
        points = self._stock.points(recipient)
        points[self._places <= 0] = -1
        points[list(given)] = -1
        candidates = np.flatnonzero(points >= 0)
        if len(candidates) > A_FEW:
            candidates = candidates[np.argpartition(points[candidates], -A_FEW)[-A_FEW:]]
        ordered = candidates[np.lexsort((candidates, -points[candidates]))]
        return list(zip(ordered.tolist(), points[ordered].tolist(), strict=True))
