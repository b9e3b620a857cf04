"""Days, amounts and references as statements write them."""

import re
from datetime import date
from functools import lru_cache

from campaign.banking.service.reading.parts import BadStatement
from campaign.kernel.errors import N_
from campaign.kernel.money import BadAmount, exponent

MOST_REFERENCES = 12
LARGEST = 10**15
BAD_DAY = N_("Line %(line)s: this is no day that exists.")
BAD_AMOUNT = N_("Line %(line)s: this is no amount of this currency.")
BAD_CURRENCY = N_("Line %(line)s: this is not a currency of ISO 4217.")
_NUMBERS = re.compile(r"\s*(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,4})(?:[\sT,].*)?", re.ASCII | re.DOTALL)
_EIGHT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?:[\sT].*)?", re.ASCII | re.DOTALL)
_EDGES = re.compile(r"^[^\d+\-−(.,]+|[^\d+\-−).,]+$", re.ASCII)
_SIGNED = re.compile(r"([+\-−(]?)\s*([^+\-−()]*?)\s*([+\-−)]?)", re.ASCII)
_SIGNS = {"": False, "+": False, "-": True, "−": True, "()": True}
_PLAIN = re.compile(r"(\d+)(?:\.(\d*))?|\.(\d+)", re.ASCII)
# Ours has a hyphen behind its letters. Banks lose that; without it only short ones count, so that no part of an
# account's number is ever kept in the open.
_HYPHEN = re.compile(r"(?<![A-Z0-9])([A-Z]{1,3}-[0-9][0-9A-F-]{0,15})(?![A-Z0-9])")
_BARE = re.compile(r"(?<![A-Z0-9])([A-Z]{1,3})([0-9][0-9A-F]{1,8})(?![A-Z0-9])")


def find_references(*texts: str) -> list[str]:
    """What in these has the shape of our references: in capitals, without spaces, with a hyphen behind the letters."""
    found: dict[str, None] = {}
    for text in texts:
        plain = text.upper()
        for each in _HYPHEN.finditer(plain):
            found[each[1].rstrip("-")] = None
        for each in _BARE.finditer(plain):
            found[f"{each[1]}-{each[2]}"] = None
    return sorted(found, key=lambda each: "-" not in each)[:MOST_REFERENCES]


@lru_cache(maxsize=4096)
def read_day(text: str, order: str) -> date | None:
    """The day in one of the orders dmy, mdy and ymd; None for what is none. A time behind it is left aside."""
    found = _EIGHT.fullmatch(text)
    if found is not None and order == "ymd":
        parts = found.groups()
    else:
        found = _NUMBERS.fullmatch(text)
        if found is None:
            return None
        parts = found.groups()
    by_letter = dict(zip(order, parts, strict=True))
    year = by_letter["y"]
    if len(year) not in {2, 4} or len(by_letter["d"]) > 2 or len(by_letter["m"]) > 2:
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(by_letter["m"]), int(by_letter["d"]))
    except ValueError:
        return None


def read_amount(text: str, currency: str, point: str, line: str) -> int:
    """Minor units of an amount in which `point` parts the cents, and any other sign the thousands.

    A minus may stand before or behind, or be a pair of brackets. Raises BadStatement rather than guess or round.
    """
    signed = _SIGNED.fullmatch(_EDGES.sub("", text.strip()))
    marks = f"{signed[1]}{signed[3]}" if signed is not None else ""
    if signed is None or marks not in _SIGNS:
        raise BadStatement(BAD_AMOUNT, line=line)
    is_negative, plain = _SIGNS[marks], signed[2]
    for sign in (" ", "\u00a0", "\u202f", "'", "\u2019", "," if point == "." else "."):
        plain = plain.replace(sign, "")
    found = _PLAIN.fullmatch(plain.replace(point, ".")) if len(plain) < 40 else None
    if found is None:
        raise BadStatement(BAD_AMOUNT, line=line)
    digits = known_exponent(currency, line)
    part = (found[2] or found[3] or "").rstrip("0")
    if len(part) > digits:
        raise BadStatement(BAD_AMOUNT, line=line)
    minor = int((found[1] or "0") + part.ljust(digits, "0"))
    if minor > LARGEST:
        raise BadStatement(BAD_AMOUNT, line=line)
    return -minor if is_negative else minor


def known_exponent(currency: str, line: str) -> int:
    """Raises BadStatement for a currency that is unknown."""
    try:
        return _exponent(currency)
    except BadAmount:
        raise BadStatement(BAD_CURRENCY, line=line) from None


@lru_cache(maxsize=256)
def _exponent(currency: str) -> int:
    return exponent(currency)
