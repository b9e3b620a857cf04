"""Names: from one alphabet to the other, into the dative of an envelope, and folded so that spellings meet."""

from collections.abc import Iterable
from functools import lru_cache

from petrovich.enums import Case
from petrovich.enums import Gender as Inflection
from petrovich.main import Petrovich

from campaign.kernel.spelling import clean_name, fold, latin_of
from campaign.prisoners.models import Gender

__all__ = ["clean_name", "dative_of", "fold", "latin_of", "trigrams"]


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


def trigrams(texts: Iterable[str]) -> list[str]:
    """The trigrams of the folded words of `texts`, each once and sorted; a word's ends are marked by spaces."""
    words = {word for text in texts for word in fold(text).split()}
    return sorted({f"  {word} "[start : start + 3] for word in words for start in range(len(word) + 1)})
