"""Finds designated organisations in a text: one pass over its words, however many organisations there are."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from campaign.designations.service.gate.words import WORD, labels, plain, stem, stems

SHORTEST_NAME = 3
SHORTEST_JOINED = 6
# What may stand between the words of one name: a hyphen, quotation marks, spaces.
_BETWEEN = re.compile(r"[\s\u00a0]{0,2}[-\u2010-\u2015_«»\"“”„'’]?[\s\u00a0]{0,2}|\.")
_DOT = re.compile(r"\s?[\[({<]?\s?[.\u3002\uff0e\u2024\u00b7\u30fb]\s?[\])}>]?\s?")
_AROUND_DOT = re.compile(r"[\s\[({<\])}>_-]{1,3}")
_DOT_WORDS = frozenset({"dot", "точка", "тчк", "punkt"})
_SPACED = re.compile(r"(?<!\w)\w(?:[ .\-_*·]{1,3}\w(?!\w)){3,}")
_BEFORE_ADDRESS = re.compile(r"(?:h[tx]{2}ps?\s?:\s?//|mailto:)?(?:[\w.+%-]{1,64}@)?(?:[\w-]{1,63}\.)*$", re.I)
# Without what ends a sentence.
_AFTER_ADDRESS = re.compile(r"(?::\d+)?(?:[/?#](?:[^\s<>\"«»„“”]*[^\s<>\"«»„“”.,;:!?)\]])?)?")
_WORD_APART = re.compile(f"({WORD.pattern})")
_QUOTES = "«»“”„\"' "
LONGEST_PREFIX = 120


class Kind(StrEnum):
    """What was found."""

    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Entry:
    """One designated organisation: its slug, how it is called, and where it is to be found."""

    slug: str
    names: Sequence[str]
    addresses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text, end exclusive, that names or leads to an organisation."""

    start: int
    end: int
    slug: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Name:
    stems: tuple[str, ...]
    slug: str
    needs_capital: bool


@dataclass(frozen=True, slots=True)
class _Address:
    labels: tuple[str, ...]
    gaps: tuple[str, ...]
    slug: str


class _Word(NamedTuple):
    start: int
    end: int
    text: str


class _Words:
    """The words of a text. Where each stands is reckoned when it is asked for: most texts name nobody."""

    def __init__(self, text: str) -> None:
        self._parts = _WORD_APART.split(text)
        self.texts: list[str] = self._parts[1::2]

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, index: int) -> _Word:
        return _Word(self._ends[2 * index], self._ends[2 * index + 1], self.texts[index])

    @cached_property
    def _ends(self) -> list[int]:
        """Where each part ends: what stands before the first word, the word, what stands before the next, and so on."""
        return list(accumulate(map(len, self._parts)))


_Candidates = tuple[tuple[_Name, ...], tuple[_Address, ...]]
_NOTHING: _Candidates = ((), ())
MOST_REMEMBERED = 65536


@dataclass(frozen=True, slots=True)
class Gate:
    """Compiled from the register; finds, and never changes."""

    names: dict[str, tuple[_Name, ...]] = field(default_factory=dict)
    """By the stem of the first word."""
    addresses: dict[str, tuple[_Address, ...]] = field(default_factory=dict)
    """By the first label."""
    _remembered: dict[str, _Candidates] = field(default_factory=dict, repr=False, compare=False)
    """What may begin with a word; most words begin nothing, and most texts say the same words."""
    seen: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the blocks of pages hold, for as long as this gate stands (blocks.py)."""

    @classmethod
    def compile(cls, entries: Iterable[Entry]) -> "Gate":
        """A gate for these organisations. Longer names are tried first, so that the longest is found."""
        names: dict[str, set[_Name]] = defaultdict(set)
        addresses: dict[str, set[_Address]] = defaultdict(set)
        for entry in entries:
            for name in (each for text in entry.names for each in _names_in(text, entry.slug)):
                names[name.stems[0]].add(name)
            for address in filter(None, (_address_in(text, entry.slug) for text in entry.addresses)):
                addresses[address.labels[0]].add(address)
        return cls(
            {key: tuple(sorted(each, key=lambda it: (-len(it.stems), it.slug))) for key, each in names.items()},
            {key: tuple(sorted(each, key=lambda it: (-len(it.labels), it.slug))) for key, each in addresses.items()},
        )

    @property
    def is_empty(self) -> bool:
        """Whether it can find nothing."""
        return not self.names and not self.addresses

    def find(self, text: str) -> list[Span]:
        """Every place of `text`, in its order and without overlaps; an address wins over the name within it."""
        if self.is_empty or not text:
            return []
        return _without_overlaps([*self._found(text), *self._spaced(text)])

    def leads_there(self, url: str) -> bool:
        """Whether an address, percent signs already decoded, leads to a designated organisation."""
        return any(span.kind is Kind.ADDRESS for span in self._found(url))

    def _found(self, text: str) -> Iterator[Span]:
        words = _Words(text)
        known = {word: self._remembered.get(word) or self._look_up(word) for word in set(words.texts)}
        begun = {word: candidates for word, candidates in known.items() if candidates is not _NOTHING}
        if begun:
            for index, word in enumerate(words.texts):
                if word in begun:
                    yield from _spans(begun[word], text, words, index)

    def _look_up(self, word: str) -> _Candidates:
        names = tuple(name for key in stems(word) for name in self.names.get(key, ()))
        addresses = tuple(each for key in labels(word) for each in self.addresses.get(key, ()))
        candidates = (names, addresses) if names or addresses else _NOTHING
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[word] = candidates
        return candidates

    def _spaced(self, text: str) -> Iterator[Span]:
        """Names whose letters stand apart: M e m o r i a l."""
        for match in _SPACED.finditer(text):
            for key in stems("".join(WORD.findall(match.group()))):
                for name in self.names.get(key, ()):
                    if len(name.stems) == 1:
                        yield Span(match.start(), match.end(), name.slug, Kind.NAME)


def _spans(candidates: _Candidates, text: str, words: _Words, index: int) -> Iterator[Span]:
    names, addresses = candidates
    for address in addresses:
        last = _walk(address, text, words, index)
        if last is not None:
            yield _whole_address(text, words[index].start, words[last].end, address.slug)
    for name in names:
        last = _follow(name, text, words, index)
        if last is not None:
            yield Span(words[index].start, words[last].end, name.slug, Kind.NAME)


def _names_in(text: str, slug: str) -> Iterator[_Name]:
    """The names in one entry: what stands in brackets is another name; several words may also be written as one."""
    for part in re.split(r"[()]", text):
        words = WORD.findall(part.strip(_QUOTES))
        keys = tuple(filter(None, (stem(plain(word)) for word in words)))
        if not keys or sum(map(len, keys)) < SHORTEST_NAME:
            continue
        yield _Name(keys, slug, needs_capital=len(words) == 1 and words[0][0].isupper() and not words[0].isupper())
        joined = stem(plain("".join(words)))
        if len(keys) > 1 and len(joined) >= SHORTEST_JOINED:
            yield _Name((joined,), slug, needs_capital=False)


def is_address(text: str) -> bool:
    """Whether a text is an address that can be looked for: a domain, perhaps with the beginning of a path."""
    return _address_in(text, "") is not None


def _address_in(text: str, slug: str) -> _Address | None:
    """A domain, with the beginning of a path where only that part of a site is meant (t.me/somebody)."""
    bare = re.sub(r"^[a-z]+://(?:www\.)?|^www\.", "", text.strip().casefold()).rstrip("/")
    matches = list(WORD.finditer(bare))
    gaps = tuple(bare[one.end() : other.start()] for one, other in pairwise(matches))
    if len(matches) < 2 or not set(gaps) <= {".", "-", "/", "_", "/@"} or "." not in gaps:
        return None
    return _Address(tuple(plain(each.group()) for each in matches), gaps, slug)


def _follow(name: _Name, text: str, words: _Words, index: int) -> int | None:
    """The index of the last word of `name` where it begins at `index`, else None."""
    if name.needs_capital and not words[index].text[0].isupper():
        return None
    last = index + len(name.stems) - 1
    if last >= len(words):
        return None
    for offset, wanted in enumerate(name.stems[1:], start=1):
        before, word = words[index + offset - 1], words[index + offset]
        if wanted not in stems(word.text) or not _BETWEEN.fullmatch(text, before.end, word.start):
            return None
    return last


def _walk(address: _Address, text: str, words: _Words, index: int) -> int | None:
    """The index of the last word of an address that begins at `index`, however its dots are written."""
    if index and text[words[index - 1].end : words[index].start] == "-":
        return None  # a part of another name: my-example.org
    position = index
    for wanted, gap in zip(address.labels[1:], address.gaps, strict=True):
        following = _next_label(gap, text, words, position)
        if following is None or wanted not in labels(words[following].text):
            return None
        position = following
    return position


def _next_label(gap: str, text: str, words: _Words, position: int) -> int | None:
    if position + 1 >= len(words):
        return None
    between = text[words[position].end : words[position + 1].start]
    if gap != ".":
        return position + 1 if between == gap else None
    if _DOT.fullmatch(between):
        return position + 1
    is_spoken = position + 2 < len(words) and plain(words[position + 1].text) in _DOT_WORDS
    if is_spoken and _AROUND_DOT.fullmatch(between):
        after = text[words[position + 1].end : words[position + 2].start]
        return position + 2 if _AROUND_DOT.fullmatch(after) else None
    return None


def _whole_address(text: str, start: int, end: int, slug: str) -> Span:
    """With what belongs to it: scheme, user and subdomains before it, path after it."""
    before = _BEFORE_ADDRESS.search(text, max(0, start - LONGEST_PREFIX), start)
    after = _AFTER_ADDRESS.match(text, end)
    return Span(
        before.start() if before else start, after.end() if after else end, slug, Kind.ADDRESS
    )  # fmt: skip


def _without_overlaps(found: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    order = sorted(found, key=lambda it: (it.start, it.kind is Kind.NAME, -it.end))
    for span in order:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.kind is Kind.ADDRESS and kept[-1].kind is Kind.NAME:
            kept[-1] = Span(kept[-1].start, max(span.end, kept[-1].end), span.slug, Kind.ADDRESS)
        elif span.end > kept[-1].end:
            kept[-1] = Span(kept[-1].start, span.end, kept[-1].slug, kept[-1].kind)
    return kept
