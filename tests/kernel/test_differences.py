"""What changed between two texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.kernel.differences import Part, compare

TEXTS = st.text(alphabet="ab \n", max_size=60)


@given(TEXTS, TEXTS)
def test_no_word_of_either_text_is_lost(before, after):
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.part is not Part.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.part is not Part.GONE) == after


def told(before, after):
    marks = {Part.SAME: "{}", Part.GONE: "-{}-", Part.NEW: "+{}+"}
    return "".join(marks[piece.part].format(piece.text) for piece in compare(before, after))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("We ask for a lamp.\n\nNothing else.", "We ask for a light.\n\nNothing else.",
         "We ask for a -lamp-+light+.\n\nNothing else."),
        ("Read aloud. Yes.", "Read aloud, truly. Yes.", "Read aloud+, truly+. Yes."),
        ("one two three", "four five six", "-one two three-+four five six+"),
        ("The end.", "The end.\n\nAnd more.", "The end.+\n\nAnd more.+"),
        ("", "New", "+New+"), ("Old", "", "-Old-"), ("Same", "Same", "Same"), ("", "", ""),
    ],
)  # fmt: skip
def test_no_more_is_shown_as_changed_than_changed(before, after, shown):
    assert told(before, after) == shown


@pytest.mark.parametrize(
    ("before", "after"),
    [("a " * 20_000, "b a " * 10_000), ("a\n" * 20_000, "b\na\n" * 10_000), ("ab " * 13_000, "ba " * 13_000)],
)
def test_two_long_texts_that_share_nothing_keep_nobody_waiting(before, after):
    began = time.monotonic()
    compare(before, after)
    assert time.monotonic() - began < 1
