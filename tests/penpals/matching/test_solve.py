"""What the matching proposes: the best there is, by an independent optimum, and within all conditions."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.penpals.matching.fit import most_points, points_between
from campaign.penpals.matching.problem import LETTER, BrokenKind, Condition, Level, Outcome, Problem, Running
from campaign.penpals.matching.solve import solve
from campaign.penpals.matching.standing import take_stock
from campaign.penpals.matching.weights import Settings
from campaign.penpals.smoothing import Near
from tests.penpals.matching import made
from tests.penpals.matching.linear import Program

seeds = st.integers(min_value=0, max_value=1 << 40)
HUGE = float("inf")


def optimum(problem: Problem, chosen: Settings, outcome: Outcome) -> tuple[int, int, int]:
    """Least sum of squares, fewest dropped and best fit, by linear programming; what broke is taken from the outcome.

    What is pinned and broken has tests of its own below.
    """
    broken = {(each.helper_id, each.recipient_id, each.kind) for each in outcome.broken}
    pins = [pair for pair in dict.fromkeys(problem.pins) if (*pair, BrokenKind.PIN) not in broken]
    pins = [pair for pair in pins if pair not in {(each.helper_id, each.recipient_id) for each in problem.running}]
    running = [
        each for each in problem.running if (each.helper_id, each.recipient_id, BrokenKind.RUNNING) not in broken
    ]
    by_id = {each.id: each for each in (*problem.helpers, *problem.recipients)}
    movable = {
        (each.helper_id, each.recipient_id)
        for each in running
        if chosen.moves_running
        and by_id[each.helper_id].live <= by_id[each.helper_id].capacity
        and by_id[each.recipient_id].helpers <= by_id[each.recipient_id].most_helpers
    }
    program = Program()
    new = {(giver.id, taker.id): program.variable() for giver, taker in made.allowed(problem)}
    kept = {pair: program.variable() for pair in movable}
    pairs = {**new, **kept}
    for giver in problem.helpers:
        of = [variable for pair, variable in pairs.items() if pair[0] == giver.id]
        free = max(0, giver.capacity - giver.live) + sum(pair[0] == giver.id for pair in movable)
        free -= sum(pair[0] == giver.id for pair in pins)
        program.hold(of, [1] * len(of), 0, free)
    squares: dict[int, float] = {}
    fits = {variable: points_between(by_id[pair[0]], by_id[pair[1]], chosen) for pair, variable in new.items()}
    base = 0
    for taker in problem.recipients:
        if taker.reach != "open":
            continue
        mine = [pair for pair in movable if pair[1] == taker.id]
        level = taker.quarters + LETTER * sum(pair[1] == taker.id for pair in pins) - LETTER * len(mine)
        level += LETTER * sum(each.recipient_id == taker.id and not each.is_counted for each in running)
        room = max(0, taker.most_helpers - taker.helpers) + len(mine) - sum(pair[1] == taker.id for pair in pins)
        short = max(0, chosen.floor - level)
        base += short**2
        units = []
        for step in range(min(room, max(-(-short // LETTER), len(mine)))):
            unit = program.variable()
            units.append(unit)
            was, now = max(0, short - LETTER * step), max(0, short - LETTER * (step + 1))
            if was:
                squares[unit] = was**2 - now**2
            else:
                fits[unit] = -(most_points(chosen) + 1)
        of = [variable for pair, variable in pairs.items() if pair[1] == taker.id]
        program.hold([*of, *units], [1] * len(of) + [-1] * len(units), 0, 0)
    raised = program.maximise(squares)
    keeping = program.maximise(dict.fromkeys(kept.values(), 1))
    return base - raised, len(movable) - keeping, program.maximise(fits)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(seed=seeds, size=st.tuples(st.integers(1, 12), st.integers(1, 8)), floor=st.integers(1, 20))
def test_the_proposal_is_as_good_as_the_optimum_of_an_independent_linear_program(seed, size, floor):
    problem = made.problem(random.Random(seed), *size)
    chosen = Settings(floor=floor)
    outcome = solve(problem, chosen, seed)
    assert outcome.figures.objective == optimum(problem, chosen, outcome)
    assert outcome.dropped == ()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(seed=seeds, size=st.tuples(st.integers(2, 10), st.integers(2, 8)), floor=st.integers(1, 20))
def test_where_nearly_everybody_could_be_given_to_everybody_it_is_as_good_too(seed, size, floor):
    problem = made.crowded(random.Random(seed), *size)
    chosen = Settings(floor=floor)
    outcome = solve(problem, chosen, seed)
    assert outcome.figures.objective == optimum(problem, chosen, outcome)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(seed=seeds, size=st.tuples(st.integers(2, 10), st.integers(2, 8)), floor=st.integers(1, 20))
def test_where_running_pairs_may_move_all_aims_are_met_once_pairs_above_the_floor_are_paid_for(seed, size, floor):
    problem = made.crowded(random.Random(seed), *size)
    chosen = Settings(floor=floor, moves_running=True)
    outcome = solve(problem, chosen, seed)
    squares, dropped, fit = outcome.figures.objective
    paid = beyond(problem, chosen, outcome) * (most_points(chosen) + 1)
    assert (squares, dropped, fit - paid) == optimum(problem, chosen, outcome)


def beyond(problem: Problem, chosen: Settings, outcome: Outcome) -> int:
    """How many of the pairs that are kept though they may move, or are new, bring a letter above the floor."""
    stock = take_stock(problem, chosen)
    movable = {(problem.helpers[giver].id, problem.recipients[taker].id) for giver, taker in stock.movable}
    got = Counter(taker for _giver, taker in movable - set(outcome.dropped))
    got.update(each.recipient_id for each in outcome.pairs if not each.is_pinned)
    return sum(
        max(0, got[taker.id] + stock.shortfall(number) // -LETTER) for number, taker in enumerate(problem.recipients)
    )  # fmt: skip


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(seed=seeds, size=st.tuples(st.integers(1, 12), st.integers(1, 8)), floor=st.integers(1, 20))
def test_where_running_pairs_may_move_no_more_are_parted_than_the_shortfall_asks(seed, size, floor):
    problem = made.problem(random.Random(seed), *size)
    chosen = Settings(floor=floor, moves_running=True)
    outcome = solve(problem, chosen, seed)
    squares, dropped, _fit = optimum(problem, chosen, outcome)
    assert outcome.figures.objective[:2] == (squares, dropped)
    assert len(outcome.dropped) == dropped


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(seed=seeds, size=st.tuples(st.integers(1, 25), st.integers(1, 12)))
def test_no_condition_is_broken_and_nothing_is_worse_than_greedy(seed, size):
    problem = made.problem(random.Random(seed), *size)
    outcome = solve(problem, seed=seed)
    allowed = {(giver.id, taker.id) for giver, taker in made.allowed(problem)}
    assert {(each.helper_id, each.recipient_id) for each in outcome.pairs if not each.is_pinned} <= allowed
    assert len({(each.helper_id, each.recipient_id) for each in outcome.pairs}) == len(outcome.pairs)
    used = Counter(each.helper_id for each in outcome.pairs)
    assert all(used[each.id] <= max(0, each.capacity - each.live) for each in problem.helpers)
    got = Counter(each.recipient_id for each in outcome.pairs)
    assert all(got[each.id] <= max(0, each.most_helpers - each.helpers) for each in problem.recipients)
    ours, greedy = outcome.figures.objective, outcome.figures.greedy
    assert (ours[0], ours[1], -ours[2]) <= (greedy[0], greedy[1], -greedy[2])
    assert outcome.figures.after.shortfall <= outcome.figures.greedy_shortfall


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_the_same_problem_settings_and_seed_give_the_same_proposal(seed):
    first = solve(made.problem(random.Random(seed), 20, 8), seed=seed)
    again = solve(made.problem(random.Random(seed), 20, 8), seed=seed)
    assert first.pairs == again.pairs
    assert first.unplaced == again.unplaced
    assert replace(first.figures, stages=()) == replace(again.figures, stages=())


def test_the_seed_decides_between_equals():
    helpers = tuple(made.helper(number) for number in range(1, 9))
    problem = Problem(Level.WRITERS, helpers, (made.recipient(most_helpers=1),))
    assert len({solve(problem, seed=seed).pairs[0].helper_id for seed in range(20)}) > 2


def test_the_lowest_is_raised_first_even_where_more_would_reach_the_floor_otherwise():
    # One letter lifts the first to the floor; it goes to the one who has nothing and still stays below.
    near, none = made.recipient(1001, quarters=8), made.recipient(1002, quarters=0)
    outcome = solve(Problem(Level.WRITERS, (made.helper(),), (near, none)), Settings(floor=12))
    assert [each.recipient_id for each in outcome.pairs] == [none.id]
    assert outcome.figures.reached_floor == 0


def test_everybody_gets_one_letter_before_anybody_gets_two():
    helpers = tuple(made.helper(number) for number in range(1, 5))
    recipients = tuple(made.recipient(number) for number in range(1001, 1005))
    outcome = solve(Problem(Level.WRITERS, helpers, recipients))
    assert {each.recipient_id for each in outcome.pairs} == {each.id for each in recipients}
    assert outcome.figures.after.levels == (4, 4, 4, 4)


def test_nothing_is_given_above_the_floor():
    helpers = tuple(made.helper(number, capacity=3) for number in range(1, 9))
    outcome = solve(Problem(Level.WRITERS, helpers, (made.recipient(quarters=3),)), Settings(floor=12))
    assert len(outcome.pairs) == 3
    assert outcome.unplaced == ()
    assert outcome.figures.reached_floor == 1


def test_between_equally_just_proposals_the_better_fit_is_taken():
    dull, alike = made.helper(1), made.helper(2, topics=("chess", "birds"))
    taker = made.recipient(interests=("birds", "chess"), most_helpers=1, waiting_days=40)
    [pair] = solve(Problem(Level.WRITERS, (dull, alike), (taker,))).pairs
    assert pair.helper_id == alike.id
    assert pair.reasons == {
        "never_written": {}, "below_floor": {"quarters": 0, "floor": 12}, "shared_languages": {"languages": ["ru"]},
        "shared_interests": {"interests": ["birds", "chess"]}, "promise": {"days": 30}, "waiting": {"days": 40},
    }  # fmt: skip


def test_of_two_in_equal_need_the_birthday_comes_first_and_a_release_in_the_last_days_last():
    soon, plain, leaving = (
        made.recipient(1003, near=Near(made.BIRTHDAY, 15, 3.0)), made.recipient(1002),
        made.recipient(1001, near=Near(made.RELEASE, 3, 0.3)),
    )  # fmt: skip
    order = []
    for count in (1, 2, 3):
        helpers = tuple(made.helper(number) for number in range(1, count + 1))
        outcome = solve(Problem(Level.WRITERS, helpers, (leaving, plain, soon)))
        order.append({each.recipient_id for each in outcome.pairs})
    assert order == [{soon.id}, {soon.id, plain.id}, {soon.id, plain.id, leaving.id}]
    told = {each.recipient_id: each.reasons.get("occasion") for each in outcome.pairs}
    assert told == {
        soon.id: {"kind": "birthday", "days": 15, "is_late": False}, plain.id: None,
        leaving.id: {"kind": "release", "days": 3, "is_late": True},
    }  # fmt: skip
    [pair] = solve(Problem(Level.WRITERS, helpers[:1], (soon,)), Settings(occasion=0)).pairs
    assert "occasion" not in pair.reasons


def test_a_birthday_never_comes_before_greater_need():
    soon, poorer = made.recipient(1001, quarters=4, near=Near(made.BIRTHDAY, 15, 3.0)), made.recipient(1002)
    [pair] = solve(Problem(Level.WRITERS, (made.helper(),), (soon, poorer)), Settings(occasion=1000)).pairs
    assert pair.recipient_id == poorer.id


def test_pins_are_kept_and_the_rest_is_arranged_around_them():
    both, russian = made.helper(1, languages=("en", "ru")), made.helper(2)
    anybody = made.recipient(1001, ways=(made.Way("post", "accepted"),))
    english = made.recipient(1002, languages=("en",), ways=(made.Way("post", "accepted"),))
    problem = Problem(Level.WRITERS, (both, russian), (anybody, english))
    assert {(each.helper_id, each.recipient_id) for each in solve(problem).pairs} == {
        (both.id, english.id), (russian.id, anybody.id),
    }  # fmt: skip
    outcome = solve(replace(problem, pins=((both.id, anybody.id),)))
    assert {(each.helper_id, each.recipient_id, each.is_pinned) for each in outcome.pairs} == {
        (both.id, anybody.id, True), (russian.id, anybody.id, False),
    }  # fmt: skip
    assert {each.recipient_id: dict(each.blame) for each in outcome.unplaced}[english.id] == {
        Condition.FULL: 1, Condition.LANGUAGE: 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("giver", "taker", "condition"),
    [
        ({"languages": ("en",)}, {}, Condition.LANGUAGE),
        ({"channels": ("e_letter_card",)}, {}, Condition.CHANNEL),
        ({}, {"trust_needed": 1}, Condition.TRUST),
        ({"is_in_russia": True}, {"is_risky_in_russia": True}, Condition.RISK),
        ({"avoids": ("minors",)}, {"traits": ("minors",)}, Condition.AVOIDED),
        ({"takes_alone": False}, {}, Condition.ELSEWHERE),
        ({}, {"group_id": made.identity(9000)}, Condition.ELSEWHERE),
        ({"is_ready": False}, {}, Condition.NOT_READY),
        ({"capacity": 0}, {}, Condition.FULL),
        ({"capacity": 1, "live": 2}, {}, Condition.FULL),
        ({}, {"most_helpers": 2, "helpers": 2}, Condition.ENOUGH),
        ({}, {"reach": "no_letters"}, Condition.LETTERS_POLICY),
        ({}, {"reach": "family_only"}, Condition.LETTERS_POLICY),
        ({}, {"reach": "not_asked"}, Condition.CONSENT),
        ({}, {"reach": "in_transit"}, Condition.ADDRESS),
        ({}, {"ways": (made.Way("post", "refused", ("ru",)),)}, Condition.STRANGERS),
        ({}, {"ways": ()}, Condition.CHANNEL),
        ({}, {"ways": (made.Way("post", "unknown", ("uk",)),), "languages": ("ru", "uk")}, Condition.LANGUAGE),
    ],
)  # fmt: skip
def test_each_condition_rules_out_and_is_blamed_and_breaks_a_pin(giver, taker, condition):
    problem = Problem(Level.WRITERS, (made.helper(**giver),), (made.recipient(**taker),))
    outcome = solve(problem)
    assert outcome.pairs == ()
    assert [dict(each.blame) for each in outcome.unplaced] == [{condition: 1}]
    pinned = solve(replace(problem, pins=((problem.helpers[0].id, problem.recipients[0].id),)))
    assert pinned.pairs == ()
    assert [(each.kind, each.condition) for each in pinned.broken] == [(BrokenKind.PIN, condition)]


@pytest.mark.parametrize(
    ("giver", "taker"),
    [
        ({}, {"ways": (made.Way("post", "unknown", ()),)}),
        ({}, {"languages": ()}),
        ({"channels": ("handwriting",)}, {}),
        ({"channels": ("e_letter_card",)}, {"ways": (made.Way("zt", "accepted", ("ru",)),)}),
        ({"trust": 2}, {"trust_needed": 2}),
        ({"is_in_russia": True}, {}),
        ({"groups": (made.identity(9000),), "takes_alone": False}, {"group_id": made.identity(9000)}),
    ],
)
def test_what_is_unknown_or_enough_rules_nobody_out(giver, taker):
    outcome = solve(Problem(Level.WRITERS, (made.helper(**giver),), (made.recipient(**taker),)))
    assert len(outcome.pairs) == 1


def test_blocked_pairs_are_never_proposed_and_are_blamed():
    giver, taker = made.helper(), made.recipient()
    outcome = solve(Problem(Level.WRITERS, (giver,), (taker,), blocked=((giver.id, taker.id),)))
    assert outcome.pairs == ()
    assert dict(outcome.unplaced[0].blame) == {Condition.BLOCKED: 1}
    pinned = solve(
        Problem(Level.WRITERS, (giver,), (taker,), blocked=((giver.id, taker.id),), pins=((giver.id, taker.id),))
    )
    assert (pinned.pairs, pinned.broken[0].condition) == ((), Condition.BLOCKED)


def test_blame_counts_those_who_met_all_other_conditions():
    english = tuple(made.helper(number, languages=("en",)) for number in range(1, 4))
    untrusted = made.helper(9, languages=("en",), is_ready=False)
    taken = made.helper(10)
    other = made.recipient(1000)
    taker = made.recipient(1001)
    outcome = solve(Problem(Level.WRITERS, (*english, untrusted, taken), (other, taker)))
    blames = {each.recipient_id: dict(each.blame) for each in outcome.unplaced}
    [given] = [each.recipient_id for each in outcome.pairs]
    left = ({other.id, taker.id} - {given}).pop()
    assert blames[left] == {Condition.LANGUAGE: 3, Condition.TAKEN: 1}
    assert blames[given] == {Condition.LANGUAGE: 3}


def test_where_nobody_met_all_others_the_blame_says_what_ruled_out_at_all():
    giver = made.helper(languages=("en",), channels=())
    outcome = solve(Problem(Level.WRITERS, (giver,), (made.recipient(),)))
    assert dict(outcome.unplaced[0].blame) == {Condition.LANGUAGE: 1, Condition.CHANNEL: 1}


def test_a_running_pair_is_kept_not_proposed_again_and_its_letter_is_expected():
    giver, taker = made.helper(capacity=2, live=1), made.recipient(helpers=1)
    running = Running(giver.id, taker.id, is_counted=False)
    outcome = solve(Problem(Level.WRITERS, (giver,), (taker,), running=(running,)))
    assert (outcome.pairs, outcome.broken) == ((), ())
    assert outcome.figures.before.levels == (4,)


def test_a_running_pair_that_a_condition_rules_out_is_told_and_holds_its_place():
    giver, taker = made.helper(capacity=1, live=1, languages=("en",)), made.recipient(helpers=1)
    other = made.recipient(1002, languages=("en",), ways=(made.Way("post", "accepted", ("en",)),))
    running = Running(giver.id, taker.id, is_counted=False)
    outcome = solve(Problem(Level.WRITERS, (giver,), (taker, other), running=(running,)))
    assert [(each.kind, each.condition) for each in outcome.broken] == [(BrokenKind.RUNNING, Condition.LANGUAGE)]
    assert outcome.pairs == ()
    assert outcome.figures.before.levels == (0, 0)


def test_a_pause_and_a_lowered_capacity_break_nothing_that_runs():
    giver, taker = made.helper(capacity=0, live=1, is_ready=False), made.recipient(most_helpers=1, helpers=2)
    outcome = solve(Problem(Level.WRITERS, (giver,), (taker,), running=(Running(giver.id, taker.id, True),)))
    assert outcome.broken == ()


def test_where_it_is_allowed_a_pair_moves_to_somebody_who_has_less():
    giver = made.helper(capacity=1, live=1)
    well, poor = made.recipient(1001, quarters=40, helpers=1), made.recipient(1002)
    problem = Problem(Level.WRITERS, (giver,), (well, poor), running=(Running(giver.id, well.id, True),))
    assert solve(problem).dropped == ()
    outcome = solve(problem, Settings(moves_running=True))
    assert outcome.dropped == ((giver.id, well.id),)
    assert [each.recipient_id for each in outcome.pairs] == [poor.id]


def test_a_group_gets_a_prisoner_once_and_within_its_places():
    groups = (made.helper(1, capacity=2), made.helper(2, capacity=1))
    recipients = tuple(made.recipient(number, most_helpers=1) for number in range(1001, 1006))
    outcome = solve(Problem(Level.GROUPS, groups, recipients))
    assert len(outcome.pairs) == 3
    assert len({each.recipient_id for each in outcome.pairs}) == 3
    assert [dict(each.blame) for each in outcome.unplaced] == [{Condition.TAKEN: 2}] * 2


@pytest.mark.parametrize("helpers", [0, 1])
@pytest.mark.parametrize("recipients", [0, 1])
def test_empty_inputs_give_empty_answers(helpers, recipients):
    problem = Problem(Level.WRITERS, (made.helper(),) * helpers, (made.recipient(),) * recipients)
    outcome = solve(problem)
    assert len(outcome.pairs) == helpers * recipients
    assert outcome.figures.before.prisoners == recipients


def test_pairs_of_unknown_identifiers_are_left_out():
    nobody = (made.identity(5), made.identity(6))
    plain = Problem(Level.WRITERS, (made.helper(),), (made.recipient(),))
    problem = replace(plain, running=(Running(*nobody, is_counted=True),), pins=(nobody,), blocked=(nobody,))
    assert solve(problem).pairs == solve(plain).pairs != ()


def test_progress_is_told_and_can_end_the_run():
    class Cancelled(Exception):
        pass

    def cancel(stage: str, _done: int, _total: int) -> None:
        stages.append(stage)
        if stage == "explain":
            raise Cancelled

    stages: list[str] = []
    with pytest.raises(Cancelled):
        solve(Problem(Level.WRITERS, (made.helper(),), (made.recipient(),)), on_progress=cancel)
    assert {"build", "solve", "price", "compare"} <= set(stages)
