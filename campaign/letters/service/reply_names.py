"""Whom an excerpt names, so that somebody looks at each name before strangers read it.

A search and no promise: it knows words, not people. In Russian it asks the dictionary; in English a capital within a
sentence counts; in German, where every noun has one, only what the other two name.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from campaign.kernel.spelling import fold
from campaign.letters.checker.check import check
from campaign.letters.checker.words import is_known, lemmas_of, likely_name

CONTACTS = "L16"
"""The rule of the checker that finds addresses, numbers and links."""
MORE_OFTEN_THAN_NOT = 0.5
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_BEGINS = re.compile(r"(?:^|[.!?…:\n])[\s\"'«»„“”‘’()—–-]*$")
_PLACE = re.compile(
    r"\b(?:ФКУ|ИК|СИЗО|КП|ЛИУ|ЛПУ|ПФРСИ|УФИЦ|FKU|IK|SIZO|KP)\s?[-–]?\s?№?\s?\d+\b|\b(?:ФКУ|СИЗО|SIZO)\b", re.IGNORECASE
)
# Capitals within an English sentence that name nobody.
_ENGLISH = frozenset({
    "i", "i'm", "i’m", "i'll", "i’ll", "i've", "i’ve", "i'd", "i’d",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "russian", "english", "german", "french", "italian", "latin", "russia", "europe", "god", "christmas",
    "easter", "bible",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Word:
    shown: str
    forms: frozenset[str]
    """As it is and as the dictionary has it, in one alphabet."""
    begins: bool
    """It begins a sentence, where a capital says nothing."""

    @property
    def is_title(self) -> bool:
        return self.shown[:1].isupper()


def find_named(texts: Mapping[str, str], own_names: Collection[str] = ()) -> list[str]:
    """What in these texts (by language) may name somebody else, a place of custody or a way to reach people; as it is
    written there, each once. `own_names`: what the person who wrote them is called."""
    own = {form for name in own_names for word in _words(name) for form in word.forms}
    named: dict[str, None] = {}
    known: set[str] = set()
    for language in sorted(texts, key=("ru", "en", "de").index):
        for word in _words(texts[language]):
            if own.isdisjoint(word.forms) and _may_name(word, language, known):
                named[word.shown] = None
                known |= _keys(word)
        named |= dict.fromkeys(found.group() for found in _PLACE.finditer(texts[language]))
        named |= dict.fromkeys(each.words for each in check(texts[language]).findings if each.rule == CONTACTS)
    return [name for name in named if name]


def names_person(text: str, name: str) -> bool:
    """Whether a text calls somebody by this name, in any form of it."""
    wanted, words = list(_words(name)), list(_words(text))
    if not wanted:
        return False
    return any(
        all(not part.forms.isdisjoint(each.forms) for part, each in zip(wanted, words[first:], strict=False))
        for first in range(len(words) - len(wanted) + 1)
        if words[first].is_title
    )


def _may_name(word: _Word, language: str, known: set[str]) -> bool:
    if not word.is_title:
        return False
    if language == "de":
        return not known.isdisjoint(_keys(word))
    if language == "en":
        is_named = not word.begins and word.shown.lower() not in _ENGLISH
        return is_named or not known.isdisjoint(_keys(word))
    read = word.shown.lower().replace("ё", "е")
    if word.begins:
        return likely_name(read) >= MORE_OFTEN_THAN_NOT
    return likely_name(read) > 0 or not (is_known(read) or word.shown.isupper())


def _words(text: str) -> Iterator[_Word]:
    for found in _WORD.finditer(text):
        read = found.group().lower().replace("ё", "е")
        begins = _BEGINS.search(text, max(0, found.start() - 12), found.start()) is not None
        yield _Word(found.group(), frozenset(fold(form) for form in lemmas_of(read) | {read}), begins)


def _keys(word: _Word) -> frozenset[str]:
    """By what it is met in another language: how it begins, since endings and s or z differ."""
    return frozenset(form.replace("z", "s")[:4] for form in word.forms)
