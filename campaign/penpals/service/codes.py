"""The code of one letter: what a writer or a host reads off paper and types to report it.

29 signs, each of which stands for all that look like it: 0 for O, 1 for I and L, 2 for Z, 5 for S, 8 for B, V for U.
Nine of them at random are 43.7 bits, so a code cannot be guessed; the tenth is a check over the prime 29 with a weight
of its own for each place, which finds every single wrong sign and every two that changed places.
"""

import secrets
import unicodedata

from campaign.kernel.errors import N_, DomainError

ALPHABET = "0123456789ACDEFGHJKMNPQRTVWXY"
LENGTH = 10
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_PRIME = len(ALPHABET)
# The weight by which -1 is multiplied to give the check: the inverse of the last place's weight.
_INVERSE = pow(LENGTH, -1, _PRIME)
_BETWEEN = " -_.,:;/|'\u2019\u00ad"
_LOOKS_LIKE = str.maketrans(
    {
        "O": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8", "U": "V",
        # Written by hand or typed on a Russian keyboard, these are the same shapes.
        "А": "A", "В": "8", "С": "C", "Е": "E", "Ё": "E", "Н": "H", "К": "K", "М": "M", "О": "0", "Р": "P", "Т": "T",
        "Х": "X", "У": "Y", "З": "3", "Ѕ": "5", "І": "1", "Ј": "J",
    }
)  # fmt: skip


class BadCode(DomainError):
    """What was typed is not a code of ours, or one sign of it is wrong."""


def new_code() -> str:
    """Make a code: ten signs, nine of them from the system's source of randomness."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check(body)


def show_code(code: str) -> str:
    """Give a code as it is printed: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def read_code(text: str) -> str:
    """Give the code that somebody meant by what they typed: case, spaces, dashes and look-alikes do not matter.

    Raises BadCode for anything that is no code or fails its check; whether such a letter exists is not looked up.
    """
    plain = unicodedata.normalize("NFKC", text[:100]).upper()
    code = "".join(each for each in plain if not _is_between(each)).translate(_LOOKS_LIKE)
    if len(code) != LENGTH or any(each not in _VALUES for each in code):
        raise BadCode(N_("A code has ten letters and digits, like 7K3MA-0P9XC. Copy all of it."))
    if _check(code[:-1]) != code[-1]:
        raise BadCode(N_("One letter or digit of this code is not right. Compare it with the paper once more."))
    return code


def _is_between(sign: str) -> bool:
    """Whether a sign only parts others: spaces, dashes of any length, dots."""
    return sign in _BETWEEN or unicodedata.category(sign) in {"Pd", "Zs", "Cc"}


def _check(body: str) -> str:
    total = sum(place * _VALUES[sign] for place, sign in enumerate(body, start=1))
    return ALPHABET[-total * _INVERSE % _PRIME]
