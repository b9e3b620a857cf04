"""How one name is spelled in many ways, and what its spellings have in common: across alphabets and their customs."""

import re
import unicodedata

import iuliia

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
# The rules of this one schema look at single letters alone; a table of them takes a twentieth of the time.
_LATIN = str.maketrans({letter: iuliia.ICAO_DOC_9303.translate(letter) for letter in _RUSSIAN + _RUSSIAN.upper()})
_HYPHENS = re.compile("[\u2010-\u2015\u2212\u00ad]")
_FOLDINGS = (
    # Longest first: what several spellings of one sound have in common, as passports, newspapers and people write it.
    ("shch", "s"), ("sch", "s"), ("tsch", "c"), ("tch", "c"), ("zh", "z"), ("kh", "h"), ("ch", "c"), ("sh", "s"),
    ("ts", "c"), ("tz", "c"), ("ks", "x"), ("yo", "e"), ("jo", "e"), ("ye", "e"), ("je", "e"), ("ie", "e"),
    ("yu", "iu"), ("ju", "iu"), ("ya", "ia"), ("ja", "ia"), ("iy", "i"), ("ij", "i"), ("yi", "i"), ("yy", "i"),
    ("ey", "ei"), ("ej", "ei"), ("ay", "ai"), ("aj", "ai"), ("oy", "oi"), ("oj", "oi"),
    ("y", "i"), ("j", "i"), ("w", "v"), ("ph", "f"), ("ck", "k"), ("q", "k"),
)  # fmt: skip


def clean_name(text: str) -> str:
    """One name without double spaces, with plain hyphens; letters stay as they were written."""
    return " ".join(_HYPHENS.sub("-", unicodedata.normalize("NFC", text)).split())


def latin_of(name: str) -> str:
    """A Russian name in Latin letters as Russian passports spell it (ICAO Doc 9303)."""
    return clean_name(name).translate(_LATIN)


def fold(text: str) -> str:
    """`text` as letters a to z and single spaces, so that Яшин, Yashin, Iashin and Jaschin come out alike.

    For comparing only: it loses what tells some different names apart.
    """
    spelled = latin_of(text).lower()
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.sub("[^a-z]+", " ", plain.replace("'", "")).split()
    return " ".join(_fold_word(word) for word in words)


def fold_word(word: str) -> str:
    """One word as `fold` does it, digits kept and all else left out."""
    spelled = unicodedata.normalize("NFKD", latin_of(word).lower()).encode("ascii", "ignore").decode()
    return _fold_word(re.sub("[^a-z0-9]+", "", spelled))


def _fold_word(word: str) -> str:
    for spelling, folded in _FOLDINGS:
        word = word.replace(spelling, folded)
    return re.sub(r"(.)\1+", r"\1", word)
