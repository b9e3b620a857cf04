"""Money as whole minor units of one currency. There are no floats, no rounding and no exchange here."""

import copy
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import pycountry
from babel import Locale
from babel.numbers import format_currency

from campaign.kernel.errors import DomainError

# ISO 4217, list one: currencies whose minor unit is not a hundredth. Kept here and not taken from CLDR, which rounds
# some for display (no paras, no fils) and changes with its releases: that would change what stored amounts mean.
_WHOLE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV")
_EXPONENTS = {
    **dict.fromkeys((*_WHOLE, "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_LARGEST = 2**63 - 1  # what a bigint column holds

# CLDR parts a currency's letters from the digits (currencySpacing); Babel leaves that out.
_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_SPACES = re.compile(r"[\s\u2019\u02bc]")
_SHAPE = re.compile(
    r"(?P<sign>-?)"
    r"(?P<whole>[1-9]\d{0,2}(?P<group>[ .,'])\d{3}(?:(?P=group)\d{3})*|\d+)"
    r"(?:(?P<point>[.,])(?P<part>\d+))?",
    re.ASCII,
)


class BadAmount(DomainError):
    """The text is no amount, or could mean two."""


class CurrencyMismatch(DomainError):
    """Amounts of different currencies were to be put together."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, negative or not, in minor units (cents, kopecks) of an ISO 4217 currency.

    Raises BadAmount for a currency that ISO 4217 does not list today or an amount beyond 64 bits.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if abs(self.minor) > _LARGEST:
            raise BadAmount("This amount is too large. Please check it.")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    @property
    def decimal(self) -> Decimal:
        """The exact amount in major units."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def format(self, locale: str) -> str:
        """Write the amount as readers of `locale` expect, with all its minor digits: 1.234,50 €."""
        return _write(self, locale)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read an amount in any usual notation: 1 234,50 or 1,234.50 or 1.234,50 or 1'234.50 or 1234.5.

        A sign before three digits groups thousands ("1.234" is 1234) unless the currency has three decimals, where
        the same text is refused. Raises BadAmount, which repeats nothing, rather than guess or round.
        """
        found = _SHAPE.fullmatch(_SPACES.sub(_plain_group, text.strip().replace("\u2212", "-")))
        digits = exponent(currency)
        if found is None or (found["group"] and found["point"] == found["group"]):
            raise BadAmount("Write the amount in digits, such as 1234.50, and the currency apart.")
        part = found["part"] or ""
        _refuse_guessing(found, digits, len(part))
        whole = re.sub(r"\D", "", found["whole"])
        if len(whole) > 18:
            raise BadAmount("This amount is too large. Please check it.")
        return cls(int(found["sign"] + whole + part.ljust(digits, "0")), currency)

    def _same(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be put together; keep them apart.")
        return other


# A price list says the same few amounts on each page.
@lru_cache(maxsize=1024)
def _write(money: Money, locale: str) -> str:
    reader = Locale.parse(locale.replace("-", "_"))
    pattern = copy.copy(reader.currency_formats["standard"])
    pattern.frac_prec = (exponent(money.currency),) * 2
    written = format_currency(money.decimal, money.currency, format=pattern, locale=reader, currency_digits=False)
    return _TOUCHING.sub("\u00a0", written)


def exponent(currency: str) -> int:
    """Return how many decimal digits the minor unit has (2 for EUR, 0 for JPY). Raises BadAmount if unknown."""
    known = _EXPONENTS.get(currency)
    if known is not None:
        return known
    if not re.fullmatch(r"[A-Z]{3}", currency) or pycountry.currencies.get(alpha_3=currency) is None:
        raise BadAmount("This is not a currency code of ISO 4217, such as EUR.")
    return 2


def _plain_group(found: re.Match[str]) -> str:
    return "'" if found[0] in "\u2019\u02bc" else " "


def _refuse_guessing(found: re.Match[str], digits: int, written: int) -> None:
    if written > digits:
        raise BadAmount(f"This currency has {digits} decimal digits; the amount has more.")
    if digits >= 3 and not written and found["group"] in {".", ","} and found["whole"].count(found["group"]) == 1:
        raise BadAmount("This amount can be read in two ways. Write it without a sign for thousands.")
