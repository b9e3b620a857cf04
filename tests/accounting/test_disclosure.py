"""What is shown of a table never lets anybody find a sum behind which there are fewer than five."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from campaign.accounting.service.disclosure import FEWEST, Cell, coarse, shown_of, with_fees


def cell(minor, count, families=None):
    return Cell(
        minor, count, frozenset(f"{minor}-{number}" for number in range(count if families is None else families))
    )


def names(shown):
    return [name for name, _cell in shown.cells]


def test_small_cells_go_together():
    shown = shown_of({"a": cell(900, 9), "b": cell(500, 5), "c": cell(100, 3), "d": cell(70, 2)})
    assert names(shown) == ["a", "b"]
    assert (shown.rest.minor, shown.rest.count) == (170, 5)


def test_one_small_cell_takes_the_smallest_other_along():
    shown = shown_of({"a": cell(900, 9), "b": cell(500, 5), "c": cell(100, 1)})
    assert names(shown) == ["a"]
    assert (shown.rest.minor, shown.rest.count) == (600, 6)


def test_where_all_of_it_is_too_little_nothing_is_shown():
    assert shown_of({"a": cell(900, 3), "b": cell(500, 1)}) is None


def test_many_payments_for_one_family_are_one_family():
    assert shown_of({"a": cell(900, 12, families=1)}) is None
    shown = shown_of({"a": cell(900, 12, families=1), "b": cell(100, 9), "c": cell(100, 8)})
    assert names(shown) == ["b"]


def test_what_is_called_other_is_never_a_line_of_its_own():
    shown = shown_of({"a": cell(900, 9), "other": cell(500, 9)}, never_alone=frozenset({"other"}))
    assert names(shown) == ["a"]
    assert shown.rest.minor == 500


def test_fees_never_make_up_for_help_that_is_too_little():
    enough, little, fees = cell(900, 9), cell(100, 2), cell(30, 12)
    assert shown_of({"a": little}) is None
    alone = shown_of({"a": enough})
    assert [name for name, _cell in with_fees(alone, "fees", fees).cells] == ["a", "fees"]
    hidden = with_fees(alone, "fees", cell(7, 2))
    assert (hidden.cells, hidden.rest.minor) == ([], 907)
    beside = with_fees(shown_of({"a": enough, "b": little, "c": cell(60, 8)}), "fees", cell(7, 2))
    assert (names(beside), beside.rest.minor) == (["a"], 167)
    assert with_fees(shown_of({}), "fees", cell(7, 2)) is None
    assert with_fees(shown_of({}), "fees", Cell()) is not None


def test_nothing_is_nothing():
    shown = shown_of({"a": Cell()})
    assert (shown.cells, shown.rest) == ([], None)


def test_numbers_are_coarse():
    assert [coarse(each) for each in (0, 4, 5, 9, 10, 19, 20, 47)] == [0, 0, 5, 5, 10, 10, 20, 40]


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.builds(cell, st.integers(1, 999), st.integers(0, 12)), max_size=8)
)
def test_nobody_can_subtract_a_small_cell(cells):
    """Whatever sums of what is shown somebody takes from the whole, five lie behind what is left of it."""
    shown = shown_of(cells)
    if shown is None:
        return
    parts = [each for _name, each in shown.cells] + ([shown.rest] if shown.rest else [])
    assert sum(each.minor for each in parts) == sum(each.minor for each in cells.values())
    whole = sum(each.count for each in cells.values())
    for amount in range(len(parts)):
        for known in combinations(parts, amount):
            assert whole - sum(each.count for each in known) >= FEWEST
