"""Words of a text, and what dictionary forms a Russian word can have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from campaign.letters.checker.folding import Folded

_RUSSIAN = re.compile("[а-яё]+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_ENDS_SENTENCE = re.compile(r"[.!?…;]|\n\s*\n")
_ABBREVIATED = frozenset(
    {"ст", "ч", "п", "г", "ул", "д", "им", "кв", "корп", "стр", "обл", "пр", "н", "т", "е", "др", "руб"}
)
"""A full stop after these ends no sentence."""
_LEAST_SCORE = 0.08
"""Readings that are rarer than this are not meant: "стали" is hardly ever about steel."""
_OF_PEOPLE = frozenset({"Name", "Surn", "Patr"})
_loading = Lock()
_loaded: list[Any] = []


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read; `start` and `end` in the folded text."""

    read: str
    start: int
    end: int
    sentence: int
    is_upper: bool
    """Written in capitals."""
    is_title: bool
    """Begins with a capital."""


def split_words(folded: Folded, original: str) -> list[Word]:
    """All words of a folded text, each with the number of its sentence."""
    words: list[Word] = []
    sentence, last_end, last = 0, 0, ""
    for found in _WORD.finditer(folded.text):
        start, end = found.span()
        between = folded.text[last_end:start]
        if words and _ENDS_SENTENCE.search(between) and not (between.strip() == "." and last in _ABBREVIATED):
            sentence += 1
        from_place, to_place = folded.place(start, end)
        written = original[from_place:to_place]
        last_end, last = end, found.group()
        words.append(Word(last, start, end, sentence, written.isupper(), written[:1].isupper()))
    return words


def _morphology() -> Any:
    # Loaded at the first word and not at import: every process would pay for it, and most never read a letter.
    if not _loaded:
        with _loading:
            if not _loaded:
                import pymorphy3

                _loaded.append(pymorphy3.MorphAnalyzer(lang="ru"))
    return _loaded[0]


def _parse(word: str) -> Sequence[Any]:
    """What the dictionary makes of a Russian word; nothing of any other, on some letters of which it fails."""
    return _morphology().parse(word) if _RUSSIAN.fullmatch(word) else ()


@lru_cache(maxsize=50_000)
def lemmas_of(word: str) -> frozenset[str]:
    """The dictionary forms that the word (as read) is likely to be a form of."""
    scores: dict[str, float] = {}
    for each in _parse(word):
        lemma = each.normal_form.replace("ё", "е")
        scores[lemma] = scores.get(lemma, 0) + each.score
    return frozenset(lemma for lemma, score in scores.items() if score >= _LEAST_SCORE) or frozenset({word})


@lru_cache(maxsize=20_000)
def is_known(word: str) -> bool:
    """Whether the dictionary has this form."""
    return bool(_RUSSIAN.fullmatch(word)) and bool(_morphology().word_is_known(word))


@lru_cache(maxsize=20_000)
def is_surname(word: str) -> bool:
    """Whether the word can be a surname in the form in which one signs."""
    return any("Surn" in each.tag and "nomn" in each.tag for each in _parse(word))


@lru_cache(maxsize=20_000)
def is_given_name(word: str) -> bool:
    """Whether the word can be a first name in the form in which one signs."""
    return any("Name" in each.tag and "nomn" in each.tag for each in _parse(word))


@lru_cache(maxsize=20_000)
def likely_name(word: str) -> float:
    """How likely the word, in any of its forms, is a first name, a patronymic or a surname: 0 to 1."""
    return float(sum(each.score for each in _parse(word) if not _OF_PEOPLE.isdisjoint(each.tag.grammemes)))


@lru_cache(maxsize=5_000)
def is_common_noun(word: str) -> bool:
    """Whether the word itself is a noun of the dictionary, in its first form."""
    return is_known(word) and any(
        "NOUN" in each.tag and each.normal_form.replace("ё", "е") == word for each in _morphology().parse(word)
    )
