"""Countries and languages as people write them in tables, in English, Russian and German or as codes."""

import re
from functools import cache

import pycountry
from babel import Locale

KOSOVO = "XK"  # user-assigned, and used by the European Union for want of an official code
COUNTRIES = frozenset(country.alpha_2 for country in pycountry.countries) | {KOSOVO}
"""ISO 3166-1 alpha-2."""
_READ_IN = ("en", "ru", "de")
# What babel's names do not cover: short forms, former names, and the country as German and Russian speech has it.
_MORE_COUNTRIES = {
    "usa": "US", "u s a": "US", "us": "US", "америка": "US", "сша": "US", "uk": "GB", "england": "GB", "англия": "GB",
    "great britain": "GB", "великобритания": "GB", "британия": "GB", "grossbritannien": "GB", "рф": "RU",
    "российская федерация": "RU", "russian federation": "RU", "russische föderation": "RU", "brd": "DE", "фрг": "DE",
    "czech republic": "CZ", "чешская республика": "CZ", "holland": "NL", "голландия": "NL", "белоруссия": "BY",
    "belorussia": "BY", "weissrussland": "BY", "weißrussland": "BY", "молдавия": "MD", "moldavia": "MD",
    "киргизия": "KG", "грузия": "GE", "turkey": "TR", "турция": "TR", "оаэ": "AE", "uae": "AE", "корея": "KR",
    "south korea": "KR",
}  # fmt: skip
_MORE_LANGUAGES = {
    "eng": "en",
    "рус": "ru",
    "русс": "ru",
    "англ": "en",
    "нем": "de",
    "фр": "fr",
    "укр": "uk",
    "бел": "be",
}


def read_country(text: str) -> str | None:
    """The ISO 3166-1 code of a country, by its code of two or three letters or its name; None where it is none."""
    plain = _plain(text)
    code = plain.upper()
    if code in COUNTRIES:
        return code
    if len(code) == 3 and (found := pycountry.countries.get(alpha_3=code)):
        return str(found.alpha_2)
    return _country_names().get(plain)


def read_language(text: str) -> str | None:
    """The ISO 639-1 code of a language, by its code of two or three letters or its name; None where it is none."""
    plain = _plain(text)
    if re.fullmatch("[a-z]{2}", plain) and pycountry.languages.get(alpha_2=plain):
        return plain
    if re.fullmatch("[a-z]{2}[ _-][a-z]{2}", plain):
        return read_language(plain[:2])
    if len(plain) == 3 and (found := pycountry.languages.get(alpha_3=plain)) and hasattr(found, "alpha_2"):
        return str(found.alpha_2)
    return _language_names().get(plain)


@cache
def _country_names() -> dict[str, str]:
    names = {
        _plain(name): code
        for language in _READ_IN
        for code, name in Locale.parse(language).territories.items()
        if code in COUNTRIES
    }
    return names | _MORE_COUNTRIES


@cache
def _language_names() -> dict[str, str]:
    names = {
        _plain(name): code
        for language in _READ_IN
        for code, name in Locale.parse(language).languages.items()
        if len(code) == 2 and pycountry.languages.get(alpha_2=code)
    }
    return names | _MORE_LANGUAGES


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", text.lower().replace("ё", "е")).split())
