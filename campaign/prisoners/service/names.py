"""Names: from one alphabet to the other, into the dative of an envelope, and folded so that spellings meet."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import iuliia
from petrovich.enums import Case
from petrovich.enums import Gender as Inflection
from petrovich.main import Petrovich

from campaign.prisoners.models import Gender

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
    return str(iuliia.ICAO_DOC_9303.translate(clean_name(name)))


@lru_cache(maxsize=1)
def _inflector() -> Petrovich:
    return Petrovich()


def dative_of(*, last: str, first: str, patronymic: str, gender: Gender) -> str:
    """A suggestion for the line "кому", to be confirmed by a person: foreign and rare names inflect in their own way.

    Where the gender is unknown, the name comes back as it is.
    """
    parts = [clean_name(part) for part in (last, first, patronymic)]
    if gender is Gender.UNKNOWN:
        return " ".join(filter(None, parts))
    inflection = Inflection.FEMALE if gender is Gender.FEMALE else Inflection.MALE
    make = _inflector()
    turn = (make.lastname, make.firstname, make.middlename)
    return " ".join(each(part, Case.DATIVE, inflection) for each, part in zip(turn, parts, strict=True) if part)


def fold(text: str) -> str:
    """`text` as letters a to z and single spaces, so that Яшин, Yashin, Iashin and Jaschin come out alike.

    For comparing only: it loses what tells some different names apart.
    """
    spelled = latin_of(text).lower()
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.sub("[^a-z]+", " ", plain.replace("'", "")).split()
    return " ".join(_fold_word(word) for word in words)


def _fold_word(word: str) -> str:
    for spelling, folded in _FOLDINGS:
        word = word.replace(spelling, folded)
    return re.sub(r"(.)\1+", r"\1", word)


def trigrams(texts: Iterable[str]) -> list[str]:
    """The trigrams of the folded words of `texts`, each once and sorted; a word's ends are marked by spaces."""
    words = {word for text in texts for word in fold(text).split()}
    return sorted({f"  {word} "[start : start + 3] for word in words for start in range(len(word) + 1)})
