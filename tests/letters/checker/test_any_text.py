"""Whatever somebody types or pastes: no exception, places that exist, the same answer again, and in time."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign.letters.checker.check import LONGEST, check
from campaign.letters.checker.context import Author, Context, Recipient
from campaign.letters.checker.folding import fold, normal_form

PIECES = st.sampled_from(
    ["война", "Путевой лист", "вoйнa", "обс\u00adтрел", "х*й", "е\u0308ж", "й", "и\u0306", "İ", "ß", "ﷺ", "№", "…",
     "\u200b", "\u202e", "👩\u200d🚀", ". ", "\n", "\r\n", "8 900 000 00 00", "a@b.example", "слава", "украине", "=",
     "?", "\x00", "\ud7ff", "статья 207.3", "𝐩𝐮", "держись", "меня зовут", "Анна", "Петрова"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=30).map(" ".join)
)
EVERYTHING = Context(
    recipient=Recipient(birth_year=None, articles=frozenset({"275", "282.2"})),
    author=Author(is_at_risk=True, own_words=frozenset({"Анна Петрова", "", " "})),
    other_names=frozenset({"Анна", "?"}),
    designated=lambda text: [(0, len(text)), (5, 3), (-1, 2), (0, 10**9)],
)


@settings(deadline=None)
@given(TEXTS)
@example("\u0306")
@example("а\u0301" * 50)
@example("1 " * 100)
def test_places_are_in_the_original_and_the_answer_is_the_same_again(text):
    for context in (Context(), EVERYTHING):
        report = check(text, context)
        for each in report.findings:
            assert 0 <= each.start <= each.end <= len(text)
            assert text[each.start : each.end] == each.words
        assert check(text, context) == report


@settings(deadline=None)
@given(TEXTS)
def test_folding_keeps_places_and_normal_form_is_final(text):
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
    assert normal_form(normal_form(text)) == normal_form(text)


def test_what_looks_the_same_has_the_same_normal_form():
    assert normal_form("Елка\u00ad и  вода") == normal_form("ёлка\nи вoдa") == "елка и вода"


def test_many_threads_get_the_same():
    text = "Опять обстрел, дядя на фронте. Что сказал следователь? " * 5
    expected = check(text)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: check(text), range(64))) == {expected}


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["а", "a", " ", "1 ", ". - ", "@", "a.", "х*", "бедный ", "власть вор ", "дело ", "война", "\n", "\u0301", "🔥",
     "8 9", "А\n", "фронт дождь ", "бомба торт ", "ст. 2", "a/", "роман следователь ", "Анна Петрова "],
)  # fmt: skip
def test_a_megabyte_of_anything_is_cut_and_never_slow(piece):
    began = time.perf_counter()
    report = check(piece * (1_000_000 // len(piece)), EVERYTHING)
    assert time.perf_counter() - began < 8
    assert any(each.advice == "L26.cut" and each.start == LONGEST for each in report.findings)


def test_no_process_loads_the_dictionary_before_it_reads_a_letter():
    code = (
        "import sys, campaign.sitemap, campaign.letters.cli; "
        "sys.exit('pymorphy3' in sys.modules or 'campaign.letters.checker.check' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
