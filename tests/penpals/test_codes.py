"""Codes of letters survive handwriting, keyboards and haste, and a wrong one is told from a right one."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.penpals.service.codes import ALPHABET, LENGTH, BadCode, new_code, read_code, show_code

BODIES = st.text(st.sampled_from(ALPHABET), min_size=LENGTH - 1, max_size=LENGTH - 1)


def code_of(body: str) -> str:
    (found,) = [body + last for last in ALPHABET if is_code(body + last)]
    return found


def is_code(text: str) -> bool:
    try:
        read_code(text)
    except BadCode:
        return False
    return True


def test_a_code_cannot_be_guessed():
    assert (LENGTH - 1) * math.log2(len(set(ALPHABET))) > 40
    assert len({new_code() for _ in range(2000)}) == 2000
    assert set("".join(new_code() for _ in range(2000))) == set(ALPHABET)


@given(BODIES)
def test_every_code_has_one_check_and_reads_as_itself(body: str) -> None:
    code = code_of(body)
    assert read_code(code) == code == read_code(show_code(code))


@given(BODIES)
def test_every_single_wrong_sign_is_found(body: str) -> None:
    code = code_of(body)
    for place in range(LENGTH):
        for other in ALPHABET:
            assert is_code(code[:place] + other + code[place + 1 :]) == (other == code[place])


@given(BODIES)
def test_any_two_signs_that_changed_places_are_found(body: str) -> None:
    code = code_of(body)
    for one, two in combinations(range(LENGTH), 2):
        signs = list(code)
        signs[one], signs[two] = signs[two], signs[one]
        assert is_code("".join(signs)) == (code[one] == code[two])


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda code: " ".join(code),
        lambda code: f" {code[:3]}\u2014{code[3:6]} - {code[6:]}\n",
        lambda code: code.translate(str.maketrans("0125", "oLzs")),
        lambda code: code.translate(str.maketrans("0ACEHKMPTXY", "ОАСЕНКМРТХУ")),
        lambda code: code.lower().translate(str.maketrans("8v3acekmpxy", "вuзасекмрху")),
        lambda code: "".join(chr(ord(each) + 0xFEE0) for each in code),  # full width, as some keyboards type
    ],
)
def test_what_people_type_is_understood(change):
    for _ in range(50):
        code = new_code()
        assert read_code(change(code)) == code


@pytest.mark.parametrize("text", ["", "-", "7K3MA", "7K3MA-0P9XC-4", "!" * 10, "ЖЖЖЖЖЖЖЖЖЖ", "A" * 10_000, "\x00" * 10])
def test_what_is_no_code_is_told_so(text):
    with pytest.raises(BadCode, match="ten letters and digits"):
        read_code(text)


def test_a_wrong_sign_is_told_in_words():
    code = new_code()
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    with pytest.raises(BadCode, match="not right"):
        read_code(wrong)
