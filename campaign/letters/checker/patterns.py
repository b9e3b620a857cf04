"""The small language in which rules say what they look for, and the search for it.

A pattern is words in a row, within one sentence:

| written | meets |
|---|---|
| `приговор` | any form of the word |
| `=суде` | this form only |
| `провокац*` | any word that begins so |
| `!СВО` | this word in capitals only |
| `#` | a number |
| `?твой` | the element may be missing |
| `вынести\\|огласить` | either |
| `..` or `..5` | up to three, or five, words between |
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from campaign.letters.checker.folding import cyrillic_reading
from campaign.letters.checker.words import Word, lemmas_of

_GAP = re.compile(r"\.\.(\d*)")
_USUAL_GAP = 3
_PREFIX = 3
_SHORT = 6
"""Letters of words that are always looked up: their forms may begin otherwise ("дня", "тебя", "людьми")."""
_SHORTEST_STEM = 3
_LONGEST_STEM = 14


@dataclass(frozen=True, slots=True)
class Element:
    """One word of a pattern: the terms that meet it."""

    terms: frozenset[str]
    may_miss: bool
    gap_before: int
    """Words that may stand between it and the one before."""


Pattern = tuple[Element, ...]


@dataclass(slots=True)
class Vocabulary:
    """All terms of all rules, so that each word of a text is looked up once."""

    lemmas: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)
    capitals: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    beginnings: set[str] = field(default_factory=set)
    """First letters of the lemmas. Longer words that begin otherwise are not looked up, which is most of a letter."""

    def parse(self, written: str) -> Pattern:
        """Read a pattern and remember its terms."""
        elements: list[Element] = []
        gap = 0
        for part in written.split():
            if found := _GAP.fullmatch(part):
                gap = int(found[1] or _USUAL_GAP)
                continue
            may_miss = part.startswith("?")
            terms = frozenset(self._learn(term) for term in part.removeprefix("?").split("|"))
            elements.append(Element(terms, may_miss, gap))
            gap = 0
        if not elements or elements[0].may_miss:
            raise ValueError(f"a pattern begins with a word that must be there: {written!r}")
        return tuple(elements)

    def _learn(self, written: str) -> str:
        """Give the term as words are looked up by it."""
        if written == "#":
            return written
        if written[0] == "!":
            self.capitals.add(written[1:].lower())
            return written.lower()
        term = written.lower().replace("ё", "е")
        if term[0] == "=":
            self.forms.add(term[1:])
        elif term[-1] == "*":
            if not _SHORTEST_STEM <= len(term) - 1 <= _LONGEST_STEM:
                raise ValueError(f"a stem has {_SHORTEST_STEM} to {_LONGEST_STEM} letters: {written!r}")
            self.stems.add(term[:-1])
        else:
            self.lemmas.add(term)
            self.beginnings.add(term[:_PREFIX])
        return term

    def reader(self) -> Callable[[Word], frozenset[str]]:
        """The look-up of a word, with a memory of its own: a rulebook that is read anew starts afresh."""

        @lru_cache(maxsize=50_000)
        def terms_of(read: str, is_upper: bool) -> frozenset[str]:
            readings = [read]
            if (cyrillic := cyrillic_reading(read)) is not None:
                readings.append(cyrillic)
            return frozenset(term for each in readings for term in self._terms_of(each, is_upper))

        return lambda word: terms_of(word.read, word.is_upper)

    def _terms_of(self, read: str, is_upper: bool) -> Iterator[str]:
        if read.isdecimal():
            yield "#"
        if read in self.forms:
            yield f"={read}"
        if is_upper and read in self.capitals:
            yield f"!{read}"
        for length in range(_SHORTEST_STEM, min(len(read), _LONGEST_STEM) + 1):
            if read[:length] in self.stems:
                yield f"{read[:length]}*"
        if len(read) <= _SHORT or read[:_PREFIX] in self.beginnings:
            yield from lemmas_of(read) & self.lemmas


@dataclass(frozen=True, slots=True)
class Marked:
    """The words of a text, the terms that each meets, and where each term is met."""

    words: Sequence[Word]
    terms: Sequence[frozenset[str]]
    places: Mapping[str, Sequence[int]]


def mark(words: Sequence[Word], terms_of: Callable[[Word], frozenset[str]]) -> Marked:
    """Look all words up."""
    terms = [terms_of(word) for word in words]
    places: dict[str, list[int]] = {}
    for number, here in enumerate(terms):
        for term in here:
            places.setdefault(term, []).append(number)
    return Marked(words, terms, places)


@dataclass(frozen=True, slots=True)
class Hit:
    """Words from `first` to `last`, both included."""

    first: int
    last: int


class Search:
    """Patterns ready to be looked for."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_term: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            for term in pattern[0].terms:
                self._by_term.setdefault(term, []).append(pattern)

    def find(self, text: Marked) -> list[Hit]:
        """Every hit, the longest where several begin at the same word."""
        first_words = sorted(
            {number for term in self._by_term.keys() & text.places.keys() for number in text.places[term]}
        )
        hits = []
        for first in first_words:
            ends = [
                end
                for term in text.terms[first]
                for pattern in self._by_term.get(term, ())
                if (end := _end_of(pattern, 1, first, text)) is not None
            ]
            if ends:
                hits.append(Hit(first, max(ends)))
        return hits


def _end_of(pattern: Pattern, number: int, at: int, text: Marked) -> int | None:
    """The last word of the pattern whose element `number - 1` was met at `at`, or None. Patterns are short."""
    if number == len(pattern):
        return at
    element = pattern[number]
    for place in range(at + 1, min(at + 2 + element.gap_before, len(text.words))):
        if text.words[place].sentence != text.words[at].sentence:
            break
        if element.terms & text.terms[place]:
            end = _end_of(pattern, number + 1, place, text)
            if end is not None:
                return end
    return _end_of(pattern, number + 1, at, text) if element.may_miss else None
