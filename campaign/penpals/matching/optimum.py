"""The best set of pairs, as a flow of least cost, with the proof that it is the best.

Helpers have places, recipients have units. A pair takes a place and a unit and brings its gain; the j-th unit of a
recipient brings a value that never rises with j. The greatest sum of both is wanted.

**Why lists are enough.** A hundred thousand helpers and two thousand recipients make up to two hundred million pairs.
The solver is given a list of the best for each recipient. Its answer comes with prices: `y` of a place, `t` of a unit.
For any prices with y >= 0, every set of pairs of the *whole* problem, with no pair left out, is worth at most

    sum of places * y  +  sum over all pairs of max(0, gain + t - y)  +  sum over all units of max(0, value - t)

(weak duality: add the three inequalities of a pair, a place and a unit). So every pair outside the lists is priced: if
all have gain + t - y <= 0, they add nothing to this bound, and if the bound equals what the answer is worth, nothing
in the whole problem is worth more. Pairs that do not pass join the lists, and the solver runs again. At the latest the
lists hold all pairs, so that it ends; it is never a matter of how long the lists were at the start. Nothing is compared
in floating point.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from campaign.penpals.matching.problem import NotProven, TooLarge

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Gains = Callable[[int], Ints]
"""The gain of every helper for the recipient of a number; negative for whom nothing would be gained or allowed."""
Told = Callable[[str, int, int], None]

NOTHING = -(1 << 60)
LARGEST = 1 << 60
FIRST_LIST = 32
TAKE_ALL = 150_000
"""Up to so many pairs the solver gets all of them at once."""
TIE_BITS = 12
EVERY = 64
SOLVE, PRICE = "solve", "price"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be paired."""

    places: Ints
    """Of each helper."""
    values: Ints
    """Of the units of each recipient, a row each, never rising; NOTHING beyond the last one."""
    gains: Gains
    most_gain: int
    possible: int
    """How many pairs may be made."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The best pairs, and what proves that they are."""

    helpers: Ints
    recipients: Ints
    worth: int
    """Equal to the bound that the prices prove."""
    edges: int
    rounds: int


@dataclass(slots=True)
class _Lists:
    """The pairs that the solver is given."""

    helper: Ints
    recipient: Ints
    gain: Ints

    def add(self, more: "_Lists", order: Ints) -> None:
        """Append; sorted by recipient, and by `order` of helpers within, so that the seed decides between equals."""
        helper = np.concatenate([self.helper, more.helper])
        recipient = np.concatenate([self.recipient, more.recipient])
        gain = np.concatenate([self.gain, more.gain])
        by = np.lexsort((order[helper], recipient))
        self.helper, self.recipient, self.gain = helper[by], recipient[by], gain[by]


@dataclass(frozen=True, slots=True)
class _Prices:
    place: Ints
    unit: Ints
    worth: int


def best_pairs(
    task: Task, seed: int, told: Told, *, take_all: int = TAKE_ALL, first_list: int = FIRST_LIST
) -> Answer:  # fmt: skip
    """Find pairs of greatest worth. The same task and seed give the same pairs.

    The solver gets all pairs at once up to `take_all` of them, else at first the best `first_list` of each recipient.

    Raises TooLarge where the sums would not fit, NotProven where the solver's answer is not proven best.
    """
    _check_size(task)
    order = np.random.default_rng(seed).permutation(len(task.places)).astype(np.int64)
    recipients, helpers = len(task.values), len(task.places)
    empty = np.zeros(0, dtype=np.int64)
    lists = _Lists(empty, empty, empty)
    most = helpers if task.possible <= take_all else max(first_list, 1)
    prices = _Prices(np.zeros(helpers, dtype=np.int64), np.full(recipients, -NOTHING, dtype=np.int64), 0)
    used = np.zeros(0, dtype=np.bool_)
    rounds = 0
    while len(more := _violating(task, lists, prices, order, most, told)):
        lists.add(_joined(more), order)
        rounds += 1
        told(SOLVE, rounds, 0)
        used = _solve(task, lists, order)
        prices = _prices(task, lists, used)
        most *= 2
    return Answer(lists.helper[used], lists.recipient[used], prices.worth, len(lists.gain), rounds)


def _check_size(task: Task) -> None:
    """Refuse what could pass the solver's integers: it multiplies costs by the number of nodes."""
    real = task.values[task.values > NOTHING]
    highest = max(int(np.abs(real).max(initial=0)), task.most_gain, 1)
    nodes = len(task.places) + len(task.values) + 2
    units = len(real)
    if highest * max(nodes, units, 1) * 4 >= LARGEST:
        raise TooLarge(f"{highest} x {max(nodes, units)}")


def _joined(parts: list[_Lists]) -> _Lists:
    return _Lists(
        np.concatenate([each.helper for each in parts]),
        np.concatenate([each.recipient for each in parts]),
        np.concatenate([each.gain for each in parts]),
    )


def _violating(
    task: Task, lists: _Lists, prices: _Prices, order: Ints, most: int, told: Told
) -> list[_Lists]:  # fmt: skip
    """For each recipient up to `most` pairs outside the lists that could help at these prices, the best first.

    Among equals each recipient begins elsewhere; otherwise all lists would hold the same few helpers.
    """
    edges = np.searchsorted(lists.recipient, np.arange(len(task.values) + 1))
    found: list[_Lists] = []
    for number in range(len(task.values)):
        if number % EVERY == 0:
            told(PRICE, number, len(task.values))
        if task.values[number, 0] == NOTHING:
            continue
        gains = task.gains(number)
        listed = lists.helper[edges[number] : edges[number + 1]]
        surplus = gains - prices.place
        possible = gains >= 0
        possible[listed] = False
        possible &= surplus > -prices.unit[number]
        candidates = np.flatnonzero(possible)
        if len(candidates) > most:
            key = (surplus[candidates] << TIE_BITS) + _ties(order[candidates], number)
            candidates = candidates[np.argpartition(key, -most)[-most:]]
        if len(candidates):
            found.append(_Lists(candidates, np.full(len(candidates), number, dtype=np.int64), gains[candidates]))
    return found


def _ties(order: Ints, number: int) -> Ints:
    """An order of helpers that differs from recipient to recipient (multiplicative hashing)."""
    mixed = (order + 1) * 2_654_435_761 + (number + 1) * 40_503 * (order + 7)
    return (mixed >> 9) & ((1 << TIE_BITS) - 1)


def _solve(task: Task, lists: _Lists, order: Ints) -> Bools:
    """Which of the listed pairs a flow of least cost uses."""
    listed = np.unique(lists.helper)
    listed = listed[np.argsort(order[listed])]
    node = np.zeros(len(task.places), dtype=np.int64)
    node[listed] = np.arange(len(listed)) + 2
    first = len(listed) + 2
    rows, columns = np.nonzero(task.values > NOTHING)
    units = len(rows)
    source, sink = 0, 1
    tails = np.concatenate([np.full(len(listed), source), node[lists.helper], first + rows, [source]])
    heads = np.concatenate([node[listed], first + lists.recipient, np.full(units, sink), [sink]])
    capacities = np.concatenate([task.places[listed], np.ones(len(lists.gain) + units, dtype=np.int64), [units]])
    costs = np.concatenate([np.zeros(len(listed)), -lists.gain, -task.values[rows, columns], [0]]).astype(np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    flow.set_nodes_supplies(np.array([source, sink]), np.array([units, -units]))
    status = flow.solve()
    if status == flow.BAD_COST_RANGE:
        raise TooLarge(str(status))
    if status != flow.OPTIMAL:
        raise NotProven(str(status))
    taken: Bools = flow.flows(arcs)[len(listed) : len(listed) + len(lists.gain)] > 0
    return taken


def _prices(task: Task, lists: _Lists, used: Bools) -> _Prices:
    """The least prices that fit the answer, and the proof that within the lists nothing is worth more.

    Least prices, since they let most of the pairs outside the lists pass. They are the least fixed point of two
    inequalities, reached by raising from below (Bellman and Ford's longest paths over the unused ways of the flow).
    """
    recipients, helpers = len(task.values), len(task.places)
    amount = np.bincount(lists.recipient[used], minlength=recipients)
    padded = np.concatenate([task.values, np.full((recipients, 1), NOTHING, dtype=np.int64)], axis=1)
    lowest = padded[np.arange(recipients), amount]
    is_full = np.bincount(lists.helper[used], minlength=helpers) >= task.places
    rising = ~used & is_full[lists.helper]
    from_unit, to_place, gain = lists.recipient[rising], lists.helper[rising], lists.gain[rising]
    taken_unit, taken_place, taken_gain = lists.recipient[used], lists.helper[used], lists.gain[used]
    place, unit = np.zeros(helpers, dtype=np.int64), lowest
    for _ in range(2 * (recipients + len(taken_gain)) + 4):
        raised_place = np.zeros(helpers, dtype=np.int64)
        np.maximum.at(raised_place, to_place, gain + unit[from_unit])
        raised_unit = lowest.copy()
        np.maximum.at(raised_unit, taken_unit, raised_place[taken_place] - taken_gain)
        if np.array_equal(raised_unit, unit) and np.array_equal(raised_place, place):
            break
        place, unit = raised_place, raised_unit
    return _Prices(place, unit, _proven(task, lists, used, place, unit))


def _proven(task: Task, lists: _Lists, used: Bools, place: Ints, unit: Ints) -> int:
    """What the answer is worth; raises NotProven unless the prices prove that no more is possible."""
    real = task.values > NOTHING
    amount = np.bincount(lists.recipient[used], minlength=len(task.values))
    filled = real & (np.arange(task.values.shape[1]) < amount[:, None])
    worth = int(lists.gain[used].sum()) + int(task.values[filled].sum())
    surplus = lists.gain + unit[lists.recipient] - place[lists.helper]
    over = np.maximum(np.where(real, task.values - unit[:, None], 0), 0)
    bound = int((task.places * place).sum()) + int(np.maximum(surplus, 0).sum()) + int(over.sum())
    if bound != worth or (place < 0).any():
        raise NotProven(f"{worth} < {bound}")
    return worth
