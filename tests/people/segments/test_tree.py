"""A tree is compiled, or refused with a sentence that names the step; whatever JSON stands there."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import registry

from campaign.kernel.registry_people import ConditionField, SegmentCondition
from campaign.people.models import Person, PersonTag
from campaign.people.queries.segment_query import compile_tree
from campaign.people.queries.segment_tree import (
    BadValue,
    LimitBy,
    Refused,
    StepKind,
    check_values,
    first_emptied,
    read_tree,
    tidy_values,
    write_tree,
)


def condition(name: str, *fields: ConditionField, folds: bool = True) -> SegmentCondition:
    found = select(Person.id).where(Person.country == "DE") if folds else select(PersonTag.person_id)
    return SegmentCondition(name, name, fields, lambda _values: found, lambda _values: "is", lambda _values: "is not")


DIALECT = registry.load("postgresql")()
EVERY_KIND = (
    ConditionField("days", "Days", "days"),
    ConditionField("number", "Number", "number"),
    ConditionField("day", "Day", "day"),
    ConditionField("choice", "Choice", "choice", lambda: [("a", "A"), ("b", "B")]),
    ConditionField("flag", "Flag", "yes_no"),
    ConditionField("words", "Words", "words", is_needed=False),
)
KNOWN = {
    "plain": condition("plain"),
    "joined": condition("joined", folds=False),
    "days": condition("days", ConditionField("days", "Days", "days")),
    "every": condition("every", *EVERY_KIND, folds=False),
}
texts = st.sampled_from(["", "0", "7", "-1", "a", "yes", "2026-11-23", "1e9", "x" * 300, "\x00", "٣", "NaN"])
values = st.dictionaries(st.sampled_from([each.name for each in EVERY_KIND]), texts)
chosen = st.fixed_dictionaries(
    {"name": st.sampled_from([*KNOWN, "gone", ""]), "values": values}, optional={"not": st.booleans()}
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=5,
)  # fmt: skip
steps = st.fixed_dictionaries(
    {"kind": st.sampled_from([*StepKind, "else"]), "match": st.sampled_from(["all", "any", "none"])},
    optional={
        "conditions": st.lists(chosen | anything, max_size=3), "amount": st.integers(-1, 2_000_000) | anything,
        "by": st.sampled_from([*LimitBy, "luck"]), "seed": st.integers(-1, 2**31),
    },
)  # fmt: skip
trees = st.fixed_dictionaries(
    {"version": st.sampled_from([1, 1, 1, 2, True, None]), "steps": st.lists(steps | anything, max_size=23) | anything}
)


@given(trees | anything)
def test_any_tree_is_compiled_or_refused_by_a_step(data: Any) -> None:
    refused = refusal(data)
    if refused is not None:
        is_of_a_step = "%(step)s" in refused.message
        assert str(refused)
        assert (refused.step > 0) is is_of_a_step
        assert not is_of_a_step or f"{refused.step}" in str(refused)
        return
    tree = read_tree(data)
    statement = compile_tree(tree, KNOWN).counts()
    assert "step_1" in str(statement.compile(dialect=DIALECT))
    assert read_tree(write_tree(tree)) == tree


def refusal(data: Any) -> Refused | None:
    try:
        compile_tree(read_tree(data), KNOWN)
    except Refused as refused:
        return refused
    return None


@given(values)
def test_values_are_tidied_once_and_for_all(given: dict[str, str]) -> None:
    every = KNOWN["every"]
    with suppress(BadValue):
        tidied = tidy_values(every, given)
        assert tidy_values(every, tidied) == tidied
        assert check_values(every, tidied) == check_values(every, given)


def test_values_are_what_they_mean() -> None:
    typed = {"days": "14", "number": "2,5", "day": "2026-11-23", "choice": "b", "flag": "no", "words": " \u202e "}
    checked = check_values(KNOWN["every"], typed)
    assert checked == {
        "days": 14, "number": Decimal("2.5"), "day": date(2026, 11, 23), "choice": "b", "flag": False, "words": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("after", "step"), [([5, 3, 2], 0), ([5, 0, 0], 2), ([0], 1), ([0, 0], 1), ([0, 4, 0], 3), ([], 0)]
)
def test_the_step_that_leaves_nobody_is_named(after: list[int], step: int) -> None:
    assert first_emptied([{"own": each, "after": each} for each in after]) == step
