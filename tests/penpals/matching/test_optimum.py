"""The flow, its prices and their proof, on bare numbers."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.penpals.matching.aims import aims_of
from campaign.penpals.matching.fit import points_between
from campaign.penpals.matching.optimum import NOTHING, Task, best_pairs
from campaign.penpals.matching.problem import TooLarge
from campaign.penpals.matching.solve import solve
from campaign.penpals.matching.standing import take_stock
from campaign.penpals.matching.weights import MOST, Settings
from tests.penpals.matching import made
from tests.penpals.matching.linear import Program


def quiet(_stage: str, _done: int, _total: int) -> None:
    pass


def task_of(chance: random.Random, helpers: int, recipients: int) -> tuple[Task, np.ndarray]:
    gains = np.array(
        [[chance.choice([-1, -1, 0, 3, 7, 7, 9]) for _ in range(helpers)] for _ in range(recipients)], dtype=np.int64
    )
    values = np.full((recipients, 3), NOTHING, dtype=np.int64)
    for row in values:
        units = sorted((chance.choice([-5, 10, 20, 30]) for _ in range(chance.randint(0, 3))), reverse=True)
        row[: len(units)] = units
    places = np.array([chance.randint(0, 3) for _ in range(helpers)], dtype=np.int64)
    return Task(places, values, lambda number: gains[number].copy(), 9, int((gains >= 0).sum())), gains


def optimum(task: Task, gains: np.ndarray) -> int:
    program = Program()
    pairs = {(int(h), int(r)): program.variable() for r, h in zip(*np.nonzero(gains >= 0), strict=True)}
    worth = {variable: int(gains[r, h]) for (h, r), variable in pairs.items()}
    for helper, places in enumerate(task.places):
        of = [variable for pair, variable in pairs.items() if pair[0] == helper]
        program.hold(of, [1] * len(of), 0, int(places))
    for number, row in enumerate(task.values):
        units = {program.variable(): int(value) for value in row if value > NOTHING}
        worth |= units
        of = [variable for pair, variable in pairs.items() if pair[1] == number]
        program.hold([*of, *units], [1] * len(of) + [-1] * len(units), 0, 0)
    return program.maximise(worth)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 1 << 40), size=st.tuples(st.integers(1, 15), st.integers(1, 10)), first=st.integers(1, 4)
)  # fmt: skip
def test_short_lists_reach_the_optimum_of_all_pairs(seed, size, first):
    task, gains = task_of(random.Random(seed), *size)
    by_lists = best_pairs(task, seed, quiet, take_all=0, first_list=first)
    at_once = best_pairs(task, seed, quiet)
    assert by_lists.worth == at_once.worth == optimum(task, gains)


def test_lists_stay_short_where_helpers_abound():
    chance = np.random.default_rng(7)
    gains = chance.integers(0, 50, (40, 4000)).astype(np.int64)
    values = np.full((40, 2), 1000, dtype=np.int64)
    task = Task(np.ones(4000, dtype=np.int64), values, lambda number: gains[number].copy(), 50, gains.size)
    answer = best_pairs(task, 1, quiet)
    assert answer.edges <= 40 * 32 * 2
    assert answer.worth == best_pairs(task, 1, quiet, take_all=gains.size).worth


def test_numbers_that_do_not_fit_are_refused_before_anything_is_solved():
    task, _gains = task_of(random.Random(1), 3, 3)
    with pytest.raises(TooLarge):
        best_pairs(Task(task.places, task.values, task.gains, 1 << 59, 9), 0, quiet)
    with pytest.raises(TooLarge):
        aims_of([400] * 1000, [50] * 1000, 10**12, 16_000)


def test_the_greatest_weights_are_solved():
    heaviest = Settings(
        floor=400, language=MOST, interest=MOST, most_interests=10, profession=MOST, promise=MOST, waiting=MOST,
        occasion=MOST,
    )  # fmt: skip
    assert solve(made.problem(random.Random(3), 60, 20), heaviest).pairs


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 1 << 40), size=st.tuples(st.integers(1, 15), st.integers(1, 8)))
def test_points_over_all_helpers_are_the_points_of_each_pair(seed, size):
    problem = made.problem(random.Random(seed), *size)
    stock = take_stock(problem, Settings())
    for number, taker in enumerate(problem.recipients):
        for points, giver in zip(stock.points(number), problem.helpers, strict=True):
            assert points < 0 or points == points_between(giver, taker, Settings())
