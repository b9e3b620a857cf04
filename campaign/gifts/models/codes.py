"""The code of a pledge, which its donor writes into each transfer.

A letter and nine digits: nothing looks like anything else, banks keep it, and it has the shape that references have in
our books. The last digit is a check by Damm's quasigroup (H. M. Damm, 2004), which finds every single wrong digit and
every two neighbours that changed places.
"""

import re
import secrets
import unicodedata

from campaign.kernel.errors import N_, DomainError

LETTER, DIGITS = "R", 9
SHAPE = f"^{LETTER}-[0-9]{{{DIGITS}}}$"
_TABLE = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
_TYPED = re.compile(rf"(?:[{LETTER}Рр]|{LETTER.lower()})?([0-9]{{{DIGITS}}})")


class BadCode(DomainError):
    """What was typed is not a code of ours, or one digit of it is wrong."""


def new_code() -> str:
    """Make a code, of eight random digits; it is a reference and no secret."""
    body = "".join(secrets.choice("0123456789") for _ in range(DIGITS - 1))
    return f"{LETTER}-{body}{_check(body)}"


def read_code(text: str) -> str:
    """The code that somebody meant: spaces, dashes and a letter left out do not matter.

    Raises BadCode for anything else, and where the check finds a wrong digit; whether there is such a pledge is not
    looked up.
    """
    plain = unicodedata.normalize("NFKC", text[:60])
    found = _TYPED.fullmatch("".join(each for each in plain if each.isalnum()))
    if found is None:
        raise BadCode(N_("A code has a letter and nine digits, like R-482719359. Copy all of it."))
    if _check(found[1]) != "0":
        raise BadCode(N_("One digit of this code is not right. Compare it once more."))
    return f"{LETTER}-{found[1]}"


def _check(digits: str) -> str:
    state = "0"
    for each in digits:
        state = _TABLE[int(state)][int(each)]
    return state
