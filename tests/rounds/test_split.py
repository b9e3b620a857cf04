"""The split of money that is short: what must hold for any round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.rounds.models import SplitRule
from campaign.rounds.service.split import Asked, Reason, split

asked = st.builds(
    Asked, st.integers(1, 40), st.integers(1, 10**6), st.integers(2, 15), st.just(3)
)  # fmt: skip
rounds = st.lists(asked, max_size=15, unique_by=lambda each: each.number)
budgets, rules = st.integers(0, 3 * 10**6), st.sampled_from(SplitRule)


def amounts(rule, budget, applications):
    return {each.number: each.given for each in split(rule, budget, applications)}


@given(rules, budgets, rounds)
def test_never_more_than_there_is_nor_than_asked_and_all_of_it_where_enough_is_asked_for(rule, budget, applications):
    shares = split(rule, budget, applications)
    assert len(shares) == len(applications)
    assert all(0 <= each.given <= each.asked for each in shares)
    assert sum(each.given for each in shares) == min(budget, sum(each.asked for each in applications))


@given(rules, budgets, rounds, st.randoms(use_true_random=False))
def test_the_same_whatever_the_order_in_which_they_come(rule, budget, applications, chance):
    other = list(applications)
    chance.shuffle(other)
    assert split(rule, budget, applications) == split(rule, budget, other)


@given(rules, budgets, st.integers(1, 10**6), rounds)
def test_nobody_gets_less_because_there_is_more(rule, budget, more, applications):
    before, after = amounts(rule, budget, applications), amounts(rule, budget + more, applications)
    assert all(before[number] <= after[number] for number in before)


@given(budgets, rounds)
def test_the_neediest_are_whole_before_the_next_get_anything(budget, applications):
    shares = split(SplitRule.NEEDIEST, budget, applications)
    means = [each.points for each in shares]
    assert means == sorted(means, reverse=True)
    short = [each for each in shares if each.given < each.asked]
    assert all(each.given == 0 for each in short[1:])
    assert all(each.reason is Reason.WHOLE for each in shares if each not in short)


@given(budgets, rounds)
def test_equal_shares_are_equal_but_for_what_cannot_be_parted(budget, applications):
    shares = split(SplitRule.EQUAL, budget, applications)
    short = [each.given for each in shares if each.given < each.asked]
    if short:
        assert max(short) - min(short) <= 1
        assert all(each.given <= min(short) + 1 for each in shares)
        assert short == sorted(short, reverse=True), "the odd cents go to the neediest"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (SplitRule.NEEDIEST, [(2, 500, "whole"), (3, 100, "rest"), (1, 0, "nothing_left")]),
        (SplitRule.EQUAL, [(2, 250, "share"), (3, 250, "share"), (1, 100, "whole")]),
    ],
)  # fmt: skip
def test_a_round_that_one_can_reckon_by_hand(rule, expected):
    applications = [Asked(1, 100, 4, 2), Asked(2, 500, 9, 2), Asked(3, 300, 8, 2)]
    assert [(each.number, each.given, each.reason) for each in split(rule, 600, applications)] == expected
