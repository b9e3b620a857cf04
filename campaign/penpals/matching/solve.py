"""The matching itself: what is asked in, a proposal that is proven best out."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from campaign.penpals.matching.aims import aims_of
from campaign.penpals.matching.blame import list_unplaced
from campaign.penpals.matching.fit import most_points, points_between
from campaign.penpals.matching.greedy import Greedy, give_greedily
from campaign.penpals.matching.optimum import Answer, Ints, Task, best_pairs
from campaign.penpals.matching.problem import LETTER, Figures, Outcome, Pair, Problem, Progress
from campaign.penpals.matching.spread import picture_of
from campaign.penpals.matching.standing import Standing, take_stock
from campaign.penpals.matching.telling import reasons_of
from campaign.penpals.matching.weights import Settings

BUILD, COMPARE, EXPLAIN = "build", "compare", "explain"
"""Stages before and after those of `optimum`, SOLVE and PRICE."""


def solve(
    problem: Problem, settings: Settings | None = None, seed: int = 0, on_progress: Progress | None = None
) -> Outcome:  # fmt: skip
    """Propose who gets whom: least shortfall first, then least disturbance, then best fit, each proven optimal.

    The same problem, settings and seed give the same outcome but for the seconds; the seed decides between proposals
    that are equally good. `on_progress` may raise to end the run, and what it raises comes through.

    Raises OutOfRange, TooLarge and NotProven.
    """
    chosen = (settings or Settings()).checked()
    run = _Run(on_progress or _say_nothing)
    with run.stage(BUILD):
        stock = take_stock(problem, chosen)
        task = _task_of(stock)
    with run.stage("solve"):
        answer = best_pairs(task, seed, run.told)
    with run.stage(COMPARE):
        baseline = give_greedily(stock)
    with run.stage(EXPLAIN):
        given = _Given.of(stock, answer)
        pairs = _pairs(stock, given)
        unplaced = list_unplaced(stock, given.after, given.helpers)
    return Outcome(
        pairs,
        tuple(unplaced),
        _figures(stock, task, answer, given, baseline, run, pairs),
        tuple(stock.broken),
        tuple((problem.helpers[helper].id, problem.recipients[recipient].id) for helper, recipient in given.dropped),
    )


def _say_nothing(_stage: str, _done: int, _total: int) -> None:
    pass


@dataclass(slots=True)
class _Run:
    """Tells how far it is, and keeps the seconds of each stage."""

    told: Progress
    seconds: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.told(name, 0, 0)
        started = time.perf_counter()
        yield
        self.seconds.append((name, time.perf_counter() - started))


def _task_of(stock: Standing) -> Task:
    """What `optimum` has to pair."""
    kept: dict[int, list[int]] = {}
    for helper, recipient in stock.movable:
        kept.setdefault(recipient, []).append(helper)
    shortfalls = [stock.shortfall(number) for number in range(len(stock.problem.recipients))]
    units = [
        min(room, max(-(-short // LETTER), len(kept.get(number, ()))))
        for number, (short, room) in enumerate(zip(shortfalls, stock.room, strict=True))
    ]
    aims = aims_of(shortfalls, units, len(stock.movable), most_points(stock.settings))

    def gains(recipient: int) -> Ints:
        found = stock.points(recipient).astype(np.int64)
        running = kept.get(recipient)
        if running:
            found[running] = aims.keep
        return found

    places = np.array(stock.places, dtype=np.int64)
    return Task(places, aims.values, gains, aims.most_gain, _possible(stock, units))


def _possible(stock: Standing, units: Sequence[int]) -> int:
    """How many new pairs the conditions allow, of recipients who can take one; blocked and running pairs included."""
    found = 0
    for number, amount in enumerate(units):
        if amount <= 0:
            continue
        members = stock.profiles.members_for(stock.problem.recipients[number])
        found += int((stock.free if members is None else stock.count(members))[stock.judge(number).failing == 0].sum())
    return found


@dataclass(slots=True)
class _Given:
    """What the answer gives to whom, by the numbers of the problem."""

    new: list[tuple[int, int]]
    """(helper, recipient), without pins."""
    dropped: list[tuple[int, int]]
    after: list[int]
    """Attention of each recipient."""
    helpers: dict[int, set[int]]
    """By recipient, pins included."""

    @classmethod
    def of(cls, stock: Standing, answer: Answer) -> "_Given":
        """Sort the answer's pairs into kept and new ones."""
        chosen = set(zip(answer.helpers.tolist(), answer.recipients.tolist(), strict=True))
        movable = set(stock.movable)
        after = list(stock.raised)
        helpers: dict[int, set[int]] = {}
        for _helper, recipient in chosen:
            after[recipient] += LETTER
        for helper, recipient in [*stock.pinned, *(chosen - movable)]:
            helpers.setdefault(recipient, set()).add(helper)
        return cls(sorted(chosen - movable), sorted(movable - chosen), after, helpers)


def _pairs(stock: Standing, given: _Given) -> tuple[Pair, ...]:
    """The lines of the proposal, those whose attention is least first."""
    problem, pinned = stock.problem, set(stock.pinned)
    lines = sorted(
        [*given.new, *pinned],
        key=lambda each: (stock.levels[each[1]], -problem.recipients[each[1]].waiting_days, each[1], each[0]),
    )
    made = []
    for rank, (helper, number) in enumerate(lines, start=1):
        giver, taker, is_pinned = problem.helpers[helper], problem.recipients[number], (helper, number) in pinned
        level = stock.levels[number]
        reasons = reasons_of(giver, taker, level=level, settings=stock.settings, is_pinned=is_pinned)
        fit = points_between(giver, taker, stock.settings)
        made.append(Pair(giver.id, taker.id, taker.group_id, rank, reasons, is_pinned, fit))
    return tuple(made)


def _figures(
    stock: Standing, task: Task, answer: Answer, given: _Given, baseline: Greedy, run: _Run, pairs: Sequence[Pair]
) -> Figures:  # fmt: skip
    by_greedy = list(stock.raised)
    for _helper, recipient in [*stock.movable, *baseline.pairs]:
        by_greedy[recipient] += LETTER
    seen = [number for number in range(len(stock.levels)) if stock.is_in_picture(number)]
    before, after, greedy = (
        [levels[number] for number in seen] for levels in (stock.levels, given.after, by_greedy)
    )  # fmt: skip
    floor = stock.settings.floor
    fit = sum(pair.fit for pair in pairs if not pair.is_pinned)
    return Figures(
        before=picture_of(before, floor),
        after=picture_of(after, floor),
        pairs=len(pairs),
        reached_floor=sum(was < floor <= now for was, now in zip(before, after, strict=True)),
        places=sum(max(0, each.capacity - each.live) for each in stock.problem.helpers),
        objective=(_squares(after, floor), len(given.dropped), fit),
        greedy=(_squares(greedy, floor), 0, baseline.fit),
        greedy_shortfall=sum(max(0, floor - level) for level in greedy),
        edges=answer.edges,
        allowed=task.possible,
        rounds=answer.rounds,
        bound=answer.worth,
        stages=tuple(run.seconds),
    )


def _squares(levels: Sequence[int], floor: int) -> int:
    return sum(max(0, floor - level) ** 2 for level in levels)
