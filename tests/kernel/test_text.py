"""One line stays one line, whatever was typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.kernel.text import one_line

HOSTILE = st.text(
    st.sampled_from("aя \t\r\n\x00\x85\u2028\u2029\u202e\u2066\u200f\ufeff\u0301\u200d\ud800😀") | st.characters()
)


@given(HOSTILE, st.integers(0, 40))
def test_no_control_separator_or_bidi_character_remains(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert not {unicodedata.category(each) for each in line} & {"Cc", "Zl", "Zp", "Cs"}
    assert not {unicodedata.bidirectional(each) for each in line} & {
        "RLE",
        "LRE",
        "PDF",
        "RLO",
        "LRO",
        "RLI",
        "LRI",
        "PDI",
    }
    assert line == line.strip()
    assert "  " not in line
    assert line.splitlines() in ([line], [])


@given(HOSTILE, st.integers(0, 40))
def test_a_line_is_left_as_it_is(text: str, limit: int) -> None:
    assert one_line(one_line(text, limit), limit) == one_line(text, limit)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("Анна\r\nBcc: x@example.org", "Анна Bcc: x@example.org"),
        ("  a \u00a0\t b  ", "a b"),
        ("и\u0306", "й"),
        ("abc\u202egpj.exe", "abc gpj.exe"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\x00\u2066", ""),
    ],
)
def test_examples(typed: str, line: str) -> None:
    assert one_line(typed, 80) == line


def test_cutting_leaves_no_space_at_the_end() -> None:
    assert one_line("ab cd", 3) == "ab"
