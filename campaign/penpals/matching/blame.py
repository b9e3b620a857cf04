"""Who stays without, and which condition is to blame."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from campaign.penpals.matching.conditions import BIT
from campaign.penpals.matching.problem import Condition, Level, Unplaced
from campaign.penpals.matching.standing import Standing


def list_unplaced(
    stock: Standing, after: Sequence[int], given: Mapping[int, Collection[int]]
) -> list[Unplaced]:  # fmt: skip
    """Everybody who is below the floor with what the run gives, the lowest first; of groups, who has none.

    `after` is the attention of each recipient, `given` the helpers each gets, pins included.
    """
    floor = stock.settings.floor
    without = [
        Unplaced(each.id, floor - after[number], blame_of(stock, number, given.get(number, ())))
        for number, each in enumerate(stock.problem.recipients)
        if after[number] < floor and not _has_group(stock, number, given)
    ]
    return sorted(without, key=lambda each: (-each.shortfall, each.recipient_id))


def _has_group(stock: Standing, recipient: int, given: Mapping[int, Collection[int]]) -> bool:
    if stock.problem.level is not Level.GROUPS:
        return False
    return stock.problem.recipients[recipient].helpers > 0 or bool(given.get(recipient))


def blame_of(stock: Standing, recipient: int, given: Collection[int]) -> dict[str, int]:
    """How many helpers each condition ruled out who met all others; where there is none, how many it ruled out at all.

    Helpers who met all are counted as TAKEN, or as ENOUGH where the recipient now has as many as they may have.
    """
    room = stock.room[recipient] + sum((helper, recipient) in stock.pinned for helper in given)
    failing = stock.profiles.judge(stock.problem.recipients[recipient], room).failing
    apart = np.array(sorted(stock.closed.get(recipient, set()) | set(given)), dtype=np.int64)
    usual = np.ones(len(stock.full), dtype=np.bool_)
    usual[apart] = False
    free = np.bincount(stock.profiles.of[usual & ~stock.full], minlength=len(failing))
    busy = np.bincount(stock.profiles.of[usual & stock.full], minlength=len(failing))
    counts: Counter[str] = Counter()
    possible = failing == 0
    counts[Condition.FULL] = int(busy[possible].sum())
    counts[_of_possible(room, given)] += int(free[possible].sum())
    for condition in Condition:
        counts[condition] += int(free[failing == BIT[condition]].sum())
    for helper in stock.blocked.get(recipient, ()):
        is_alone = failing[stock.profiles.of[helper]] == 0 and not stock.full[helper]
        counts[Condition.BLOCKED] += int(is_alone)
    if not counts.total():
        everybody = free + busy
        counts.update({each: int(everybody[(failing & BIT[each]) != 0].sum()) for each in Condition})
        counts[Condition.FULL] += int(busy.sum())
    return {condition.value: counts[condition] for condition in Condition if counts[condition]}


def _of_possible(room: int, given: Collection[int]) -> Condition:
    return Condition.ENOUGH if len(given) >= room else Condition.TAKEN
