"""The baseline: whoever has least gets the best helper left, one letter at a time. Never better than `solve`."""

import heapq
from dataclasses import dataclass, field

import numpy as np

from campaign.penpals.matching.problem import LETTER
from campaign.penpals.matching.standing import Standing


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
    given: dict[int, set[int]] = {}
    waiting = []
    for number in range(len(stock.problem.recipients)):
        level = stock.raised[number] + LETTER * kept.get(number, 0)
        room = stock.room[number] - kept.get(number, 0)
        if stock.is_in_picture(number) and level < stock.settings.floor and room > 0:
            waiting.append((level, -stock.problem.recipients[number].waiting_days, number, room))
    heapq.heapify(waiting)
    while waiting:
        level, longest, number, room = heapq.heappop(waiting)
        points = stock.points(number)
        points[places <= 0] = -1
        points[list(given.get(number, ()))] = -1
        best = int(points.argmax()) if len(points) else -1
        if best < 0 or points[best] < 0:
            continue
        made.pairs.append((best, number))
        made.fit += int(points[best])
        given.setdefault(number, set()).add(best)
        places[best] -= 1
        if level + LETTER < stock.settings.floor and room > 1:
            heapq.heappush(waiting, (level + LETTER, longest, number, room - 1))
    return made
