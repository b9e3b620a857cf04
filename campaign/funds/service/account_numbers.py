"""Finding numbers of accounts, cards and wallets in a text: they belong to where to give, which two persons release."""

import re
import unicodedata
from collections.abc import Iterable

_COUNTRIES = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29"
    " ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30"
    " KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24"
    " PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29"
    " VA22 VG24 XK20 YE30"
)
_LENGTHS = {each[:2]: int(each[2:]) for each in _COUNTRIES.split()}
"""How long an IBAN of each country is."""
_GAPS = re.compile(r"[\s\-.\u200b\u2060]+")
_DIGITS = re.compile(r"(?<!\d)\d(?:[ \-]?\d){12,29}(?!\d)")
_WALLET = re.compile(
    r"\b(?:0x[0-9a-f]{40}|(?:bc1|ltc1|addr1)[0-9a-z]{11,110}|bitcoincash:[0-9a-z]{30,})\b", re.IGNORECASE
)
_BASE58 = re.compile(r"(?<![\w/])[1-9A-HJ-NP-Za-km-z]{26,110}(?!\w)")
_MIXED = (re.compile(r"\d"), re.compile("[a-z]"), re.compile("[A-Z]"))


def has_account_number(texts: Iterable[str]) -> bool:
    """Whether one of the texts holds an IBAN, another long number of an account or card, or the address of a wallet."""
    return any(_has_one(unicodedata.normalize("NFKC", each)) for each in texts)


def is_iban(number: str) -> bool:
    """Whether this is an IBAN in capitals, without spaces: of its country's length, with the right check digits."""
    is_shaped = number.isascii() and number.isalnum() and number == number.upper() and number[2:4].isdecimal()
    return is_shaped and len(number) == _LENGTHS.get(number[:2]) and _is_iban(number)


def _has_one(text: str) -> bool:
    return _has_iban(text) or _has_long_number(text) or _has_wallet(text)


def _has_iban(text: str) -> bool:
    compact = _GAPS.sub("", text).upper()
    for found in re.finditer(r"(?=([A-Z]{2})[0-9]{2}[A-Z0-9])", compact, re.ASCII):
        number = compact[found.start() : found.start() + _LENGTHS.get(found[1], 0)]
        if len(number) > 4 and number.isascii() and number.isalnum() and _is_iban(number):
            return True
    return False


def _is_iban(number: str) -> bool:
    turned = number[4:] + number[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def _has_long_number(text: str) -> bool:
    """A card (its last digit proves it), or twenty digits and more: an account in Russia."""
    numbers = [re.sub(r"[ \-]", "", found[0]) for found in _DIGITS.finditer(text)]
    return any(len(each) >= 20 or _is_card(each) for each in numbers)


def _is_card(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _has_wallet(text: str) -> bool:
    if _WALLET.search(text):
        return True
    return any(all(part.search(found[0]) for part in _MIXED) for found in _BASE58.finditer(text))
