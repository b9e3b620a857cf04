"""Names as they lie in memory to be searched: two long texts with a line each, in the order of names.

No object a name: two hundred thousand of them take some fifty megabytes, and a fragment is found by scanning a text,
which takes milliseconds. What changed since the texts were made lies beside them until they are made anew.
"""

import io
import re
import unicodedata
import uuid
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from campaign.kernel.spelling import fold_word

KEY_BYTES = 16
LONG_WORD = 8
SHORTEST_WITH_SLIP = 4
MOST_NEAR_WORDS = 60
_APOSTROPHES = re.compile("['’ʼ`]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
# Letters that Russian passports do not know.
_NEIGHBOURS = str.maketrans({"і": "и", "ї": "и", "є": "е", "ґ": "г", "ў": "у", "ё": "е"})
Folding = Callable[[str], str]
Place = tuple[bool, str, bytes]


class Word(NamedTuple):
    """One word that is looked for."""

    plain: str
    folded: str
    """Empty where nothing of it is a letter that both alphabets share."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One person's name, made ready to be compared. Who has none stands at the end."""

    key: bytes
    """The person's id."""
    plain: str
    """Its words in small letters, as they were written."""
    folded: str
    """The same as letters a to z, in which both alphabets meet (kernel/spelling.py)."""

    @property
    def place(self) -> Place:
        """By what names are ordered."""
        return not self.plain, self.plain, self.key


def entry_of(person: uuid.UUID, name: str, *, folding: Folding = fold_word) -> Entry:
    """The name of one person; `folding` is `fold_word`, or one that remembers what it has folded."""
    words = words_of(name)
    return Entry(person.bytes, " ".join(words), " ".join(filter(None, map(folding, words))))


def words_of(text: str) -> list[str]:
    """The words of a name or of what was typed: small letters and digits of any alphabet, without what joins them."""
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFC", text).casefold().translate(_NEIGHBOURS))
    return [word for word in _BETWEEN_WORDS.split(plain) if word]


class Lines:
    """A text of many lines, each between two spaces, with the place where each begins."""

    __slots__ = ("starts", "text")

    def __init__(self, lines: Iterable[str]) -> None:
        # Written piece by piece: hundreds of thousands of short strings would leave holes behind that stay.
        text, at = io.StringIO(), 0
        self.starts = array("I", [0])
        for line in lines:
            at += text.write(f" {line} \n")
            self.starts.append(at)
        self.text = text.getvalue()

    def __getitem__(self, at: int) -> str:
        return self.text[self.starts[at] + 1 : self.starts[at + 1] - 2]

    def holding(self, fragment: str) -> Iterator[int]:
        """The numbers of the lines in which `fragment` stands, ascending."""
        text, starts = self.text, self.starts
        at = text.find(fragment)
        while at >= 0:
            line = bisect_right(starts, at) - 1
            yield line
            at = text.find(fragment, starts[line + 1])


class Base:
    """Names that do not change: their lines in the order of names, and the number of each person's line."""

    __slots__ = ("codes", "everybody", "folded", "keys", "plain", "size")

    def __init__(self, keys: list[bytes], plain: Lines, folded: Lines) -> None:
        """All three in the order of names."""
        self.size, self.keys, self.plain, self.folded = len(keys), keys, plain, folded
        self.codes = {key: code for code, key in enumerate(keys)}
        self.everybody = array("I", range(self.size))

    def entry(self, code: int) -> Entry:
        """The name on one line."""
        return Entry(self.keys[code], self.plain[code], self.folded[code])

    def holding(self, words: Sequence[Word]) -> Collection[int]:
        """Codes of the names in which every word stands as it was typed, or folded."""
        longest = max(words, key=lambda word: len(word.folded) or len(word.plain))
        found = set(self.plain.holding(longest.plain))
        if longest.folded:
            found.update(self.folded.holding(longest.folded))
        rest = [word for word in words if word is not longest]
        if not rest:
            return found
        return [code for code in found if _holds_all(f" {self.plain[code]} ", f" {self.folded[code]} ", rest)]


@dataclass(frozen=True, slots=True, repr=False)
class Names:
    """Everybody's names at one moment, never changed: `with_changes` gives another. Codes number the names in it."""

    base: Base
    newer: tuple[Entry, ...] = ()
    """In the order of names; their codes follow those of the base."""
    masked: frozenset[int] = frozenset()
    """Codes of the base that hold no more: changed, or gone."""
    order: "array[int]" = field(init=False)
    """Every code that holds, in the order of names."""
    _newer_codes: Mapping[bytes, int] = field(init=False)

    def __post_init__(self) -> None:
        codes = {entry.key: self.base.size + at for at, entry in enumerate(self.newer)}
        object.__setattr__(self, "_newer_codes", codes)
        object.__setattr__(self, "order", self._ordered())

    @property
    def changes(self) -> int:
        """How much lies beside the base."""
        return len(self.newer) + len(self.masked)

    def with_changes(self, changes: Mapping[bytes, Entry | None]) -> "Names":
        """The same after some names were written; None: that person is gone."""
        newer = {entry.key: entry for entry in self.newer}
        masked = set(self.masked)
        for key, entry in changes.items():
            code = self.base.codes.get(key)
            newer.pop(key, None)
            if code is not None and entry is not None and self.base.entry(code) == entry:
                # A record was written and its name was not, as mostly: nothing of the order changes.
                masked.discard(code)
                continue
            if code is not None:
                masked.add(code)
            if entry is not None:
                newer[key] = entry
        return Names(self.base, tuple(sorted(newer.values(), key=lambda entry: entry.place)), frozenset(masked))

    def compacted(self) -> "Names":
        """The same with everything in the base."""
        # The base keeps the very objects that were the keys before: new ones would double them for a while.
        keys = [self._key(code) for code in self.order]
        plain = Lines(self.entry(code).plain for code in self.order)
        return Names(Base(keys, plain, Lines(self.entry(code).folded for code in self.order)))

    def entry(self, code: int) -> Entry:
        """The name of a code."""
        return self.base.entry(code) if code < self.base.size else self.newer[code - self.base.size]

    def people(self, codes: Iterable[int]) -> list[uuid.UUID]:
        """The ids of some codes, in their order."""
        return [uuid.UUID(bytes=self._key(code)) for code in codes]

    def hexadecimal(self, codes: Iterable[int]) -> list[str]:
        """The same ids as the server reads them; of many this is a tenth of the work."""
        return [self._key(code).hex() for code in codes]

    def search(self, text: str) -> Sequence[int]:
        """Codes of the names in which every word of `text` stands anywhere, in the order of names."""
        words = _words_looked_for(text)
        if not words:
            return []
        found = set(self.base.holding(words)) - self.masked
        for at, entry in enumerate(self.newer):
            if _holds_all(f" {entry.plain} ", f" {entry.folded} ", words):
                found.add(self.base.size + at)
        return self._in_order(found)

    def search_near(self, text: str) -> Sequence[int]:
        """Codes of the names that hold every word of `text` but for a slip (two in a long word), the nearest first."""
        words = [folded for folded in map(fold_word, words_of(text)) if folded]
        if not any(len(word) >= SHORTEST_WITH_SLIP for word in words):
            return []
        known = set(self.base.folded.text.split())
        for entry in self.newer:
            known.update(entry.folded.split())
        vocabulary = list(known)
        near: dict[int, int] | None = None
        for word in words:
            slips = self._with_slips(word, vocabulary)
            near = slips if near is None else {code: near[code] + slips[code] for code in near.keys() & slips.keys()}
        found = near or {}
        return sorted(self._in_order(found), key=found.__getitem__)

    def among(self, codes: Sequence[int], keys: bytes) -> list[int]:
        """Those of `codes`, in their order, whose ids stand in `keys`, one behind the other."""
        each = [keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES)]
        nobody = self.base.size + len(self.newer)
        marks = bytearray(nobody + 1)
        for known in filter(None, (self.base.codes, self._newer_codes)):
            for code in map(known.get, each, repeat(nobody)):
                marks[code] = 1
        if codes is self.order and not self.newer and not self.masked:
            # Nobody came or went since the names were put in order: codes count up as the marks do.
            return list(compress(codes, marks))
        return list(compress(codes, map(marks.__getitem__, codes)))

    def _with_slips(self, word: str, vocabulary: Sequence[str]) -> dict[int, int]:
        """How far off the nearest word of each name is, by code; names that have none near enough are left out."""
        if len(word) < SHORTEST_WITH_SLIP:
            return dict.fromkeys(self._holding_folded(word), 0)
        allowed = 2 if len(word) >= LONG_WORD else 1
        similar = process.extract(
            word, vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=MOST_NEAR_WORDS
        )
        found: dict[int, int] = dict.fromkeys(self._holding_folded(word), 0)
        for known, distance, _at in sorted(similar, key=lambda each: each[1]):
            for code in self._holding_folded(f" {known} "):
                found.setdefault(code, int(distance))
        return found

    def _holding_folded(self, fragment: str) -> Iterator[int]:
        for code in self.base.folded.holding(fragment):
            if code not in self.masked:
                yield code
        for at, entry in enumerate(self.newer):
            if fragment in f" {entry.folded} ":
                yield self.base.size + at

    def _key(self, code: int) -> bytes:
        return self.base.keys[code] if code < self.base.size else self.newer[code - self.base.size].key

    def _in_order(self, codes: Iterable[int]) -> list[int]:
        if not self.newer:
            return sorted(codes)
        marks = bytearray(self.base.size + len(self.newer))
        for code in codes:
            marks[code] = 1
        return [code for code in self.order if marks[code]]

    def _ordered(self) -> "array[int]":
        if not self.newer and not self.masked:
            return self.base.everybody
        cuts = [(self._place_in_base(entry), False, self.base.size + at) for at, entry in enumerate(self.newer)]
        cuts += [(code, True, 0) for code in self.masked]
        order, done = array("I"), 0
        for place, is_masked, code in sorted(cuts):
            order.extend(self.base.everybody[done:place])
            done = place
            if is_masked:
                done += 1
            else:
                order.append(code)
        order.extend(self.base.everybody[done:])
        return order

    def _place_in_base(self, entry: Entry) -> int:
        return bisect_left(range(self.base.size), entry.place, key=lambda code: self.base.entry(code).place)


class Gathering:
    """Names on their way into memory, in the order of their ids."""

    def __init__(self) -> None:
        self._keys, self._plain, self._folded = bytearray(), io.StringIO(), io.StringIO()

    def add(self, entry: Entry) -> None:
        """Take one more."""
        self._keys += entry.key
        self._plain.write(f"{entry.plain}\n")
        self._folded.write(f"{entry.folded}\n")

    def names(self) -> Names:
        """All that were added."""
        plain, folded = self._plain.getvalue().split("\n")[:-1], self._folded.getvalue().split("\n")[:-1]
        order = _order_of(plain)
        lines = Lines(plain[at] for at in order), Lines(folded[at] for at in order)
        # Gone before the keys are made, so that those take their places.
        del plain, folded
        keys = bytes(self._keys)
        return Names(Base([keys[at * KEY_BYTES : (at + 1) * KEY_BYTES] for at in order], *lines))


def _order_of(plain: Sequence[str]) -> "array[int]":
    """The numbers of names in the order of names; who has none comes last, and equal ones stay by id."""
    return array("I", sorted(range(len(plain)), key=lambda at: (not plain[at], plain[at])))


def _words_looked_for(text: str) -> list[Word]:
    # A single letter is an initial: anywhere it would be found in everybody.
    return [
        Word(f" {word}", f" {folded}" if folded else "") if len(word) == 1 else Word(word, folded)
        for word in words_of(text)
        for folded in [fold_word(word)]
    ]


def _holds_all(plain: str, folded: str, words: Sequence[Word]) -> bool:
    return all(word.plain in plain or (word.folded != "" and word.folded in folded) for word in words)
