"""Who stays without, and which condition is to blame."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from campaign.penpals.matching.conditions import BIT, Ints
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
    crowd = _crowd(stock, recipient, stock.closed.get(recipient, set()) | set(given))
    possible = failing == 0
    counts: Counter[str] = Counter({Condition.FULL: int(crowd.full[possible].sum())})
    counts[Condition.ELSEWHERE] += int(crowd.others[possible].sum())
    counts[_of_possible(room, given)] += int(crowd.free[possible].sum())
    for condition in Condition:
        counts[condition] += int(crowd.free[failing == BIT[condition]].sum())
    members = stock.profiles.members_for(stock.problem.recipients[recipient])
    for helper in stock.blocked.get(recipient, ()):
        belongs = members is None or helper in members
        counts[Condition.BLOCKED] += int(belongs and possible[stock.profiles.of[helper]] and stock.places[helper] > 0)
    if not counts.total():
        everybody = crowd.free + crowd.full + crowd.others
        counts.update({each: int(everybody[(failing & BIT[each]) != 0].sum()) for each in Condition})
        counts[Condition.FULL] += int(crowd.full.sum())
        counts[Condition.ELSEWHERE] += int(crowd.others.sum())
    return {condition.value: counts[condition] for condition in Condition if counts[condition]}


class _Crowd(NamedTuple):
    """Helpers by profile, without those who are blocked, running or given."""

    free: Ints
    full: Ints
    others: Ints
    """With a free place and not of the recipient's group."""


def _crowd(stock: Standing, recipient: int, apart: Collection[int]) -> _Crowd:
    members = stock.profiles.members_for(stock.problem.recipients[recipient])
    without = np.array(sorted(apart), dtype=np.int64)
    places = np.array([stock.places[helper] for helper in without.tolist()], dtype=np.int64)
    free = stock.free - stock.count(without[places > 0])
    full = stock.full - stock.count(without[places <= 0])
    if members is None:
        return _Crowd(free, full, np.zeros_like(free))
    mine = np.setdiff1d(members, without)
    has_place = np.array([stock.places[helper] > 0 for helper in mine.tolist()], dtype=np.bool_)
    free_mine = stock.count(mine[has_place])
    return _Crowd(free_mine, stock.count(mine[~has_place]), free - free_mine)


def _of_possible(room: int, given: Collection[int]) -> Condition:
    return Condition.ENOUGH if len(given) >= room else Condition.TAKEN
