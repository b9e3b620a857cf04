"""Who is public, kept in memory to be filtered, counted and sorted without asking the database.

A register of twenty thousand people is small, and a visitor may combine six filters: counting each choice in SQL would
read all of it many times a page. So one statement reads it every minute, and each choice of each filter is a
number with one bit a person: together they are ANDed, and a count is a count of bits. Pages take names and texts from
the database by the ids found here, asking again whether the person is public: who withdraws is gone at once, and only
the counts follow within REREAD_AFTER seconds.
"""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from campaign.kernel import clock
from campaign.prisoners.models import OVER, Liberty
from campaign.prisoners.queries.public_entries import Entry, read_entries
from campaign.prisoners.queries.public_names import Names
from campaign.prisoners.queries.reach import AT_HOME, Reach

REREAD_AFTER = 60.0
STRIP_SECONDS = 600
LEAST_KNOWN = 30
MOST_MADE = 500
# From one in so many on, walking through everybody in order is quicker than sorting those found.
MANY = 8

STATUS_GROUPS: dict[str, frozenset[Liberty]] = {
    "pretrial": frozenset({Liberty.DETAINED_48H, Liberty.PRETRIAL_CUSTODY}),
    "serving": frozenset(
        {Liberty.SERVING_COLONY, Liberty.SERVING_PRISON, Liberty.SERVING_SETTLEMENT, Liberty.FORCED_LABOUR_CENTRE}
    ),
    "hospital": frozenset({Liberty.PRISON_HOSPITAL, Liberty.PSYCHIATRIC_EXPERTISE, Liberty.PSYCHIATRIC_HOSPITAL}),
    "moving": frozenset({Liberty.IN_TRANSIT, Liberty.WHEREABOUTS_UNKNOWN}),
    "restricted": AT_HOME,
    "free": OVER - {Liberty.DIED},
    "died": frozenset({Liberty.DIED}),
}
_GROUP_OF = {status.value: group for group, statuses in STATUS_GROUPS.items() for status in statuses}
LOCKED_UP = frozenset({"pretrial", "serving", "hospital", "moving"})
DIMENSIONS = ("status", "region", "article", "listing", "who", "need")
Choices = dict[str, str]
Made = TypeVar("Made")


class Directory:
    """Everybody public at one moment, those first to whom a letter is owed most."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: Sequence[Entry] = sorted(entries, key=_owed_most)
        self.everybody = (1 << len(self.entries)) - 1
        self.position = {entry.id: at for at, entry in enumerate(self.entries)}
        self._masks = _masks(self.entries)
        self._orders: dict[str, Sequence[int]] = {}
        self._ranks: dict[str, Sequence[int]] = {}
        self._made: dict[Hashable, Any] = {}
        self._names: Names | None = None

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, kept under `key` for as long as this directory is; the key must say all it depends on."""
        made: Made | None = self._made.get(key)
        if made is None:
            made = make()
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            self._made[key] = made
        return made

    def values(self, dimension: str) -> list[str]:
        """The choices of one filter that somebody fits."""
        return list(self._masks[dimension])

    def knows(self, dimension: str, value: str) -> bool:
        """Whether somebody fits this choice."""
        return value in self._masks[dimension]

    def matching(self, choices: Choices, *, without: str = "") -> int:
        """Who fits all choices (but that of the filter `without`), one bit a person."""
        found = self.everybody
        for dimension, value in choices.items():
            if value and dimension != without:
                found &= self._masks[dimension].get(value, 0)
        return found

    def counts(self, dimension: str, choices: Choices) -> dict[str, int]:
        """How many would fit each choice of one filter, the other filters staying as they are; none left out if 0."""
        others = self.matching(choices, without=dimension)
        return {value: (others & mask).bit_count() for value, mask in self._masks[dimension].items()}

    def in_order(self, found: int, sort: str, first: int, amount: int) -> list[Entry]:
        """`amount` of `found` from the place `first` on (counted from 0).

        Sorted: "" owed most first, "name" and "name-ru" by last name, "lately" by day of arrest.
        """
        if not sort:
            places: Iterable[int] = _places(found)
        elif found.bit_count() * MANY > len(self.entries):
            present = found.to_bytes(len(self.entries) // 8 + 1, "little")
            places = (at for at in self._order(sort) if present[at >> 3] >> (at & 7) & 1)
        else:
            places = sorted(_places(found), key=self._rank(sort).__getitem__)
        return [self.entries[at] for at in islice(places, first, first + amount)]

    def named(self, folded: str) -> list[Entry]:
        """Whose names fit what was typed, folded as names are (service/names.py); best first."""
        if self._names is None:
            self._names = Names([entry.folded for entry in self.entries])
        return [self.entries[at] for at in self._names.search(folded)]

    def _order(self, sort: str) -> Sequence[int]:
        """Every place in the order of `sort`."""
        if sort not in self._orders:
            keys = {"name": _by_name, "name-ru": _by_russian_name, "lately": _lately}
            self._orders[sort] = sorted(range(len(self.entries)), key=lambda at: keys[sort](self.entries[at]))
        return self._orders[sort]

    def _rank(self, sort: str) -> Sequence[int]:
        """For every place, which one it is in the order of `sort`."""
        if sort not in self._ranks:
            ranks = [0] * len(self.entries)
            for rank, at in enumerate(self._order(sort)):
                ranks[at] = rank
            self._ranks[sort] = ranks
        return self._ranks[sort]

    def count(self, **choices: str) -> int:
        """How many fit."""
        return self.matching(choices).bit_count()

    def locked_up(self) -> int:
        """How many are held in a facility, on the way to one, or nobody knows where."""
        return sum(self.count(status=group) for group in LOCKED_UP)

    def without_letters(self) -> int:
        """How many a letter would reach, and none through us did in the last 90 days."""
        return sum(entry.reach is Reach.OPEN and entry.quarters == 0 for entry in self.entries)

    def least_known(self, amount: int, *, moment: float | None = None) -> list[Entry]:
        """A few of those owed most, others every ten minutes and the same for every visitor.

        Drawn from the first thirty, since always showing the very first would make new stars of them (DOMAIN.md 11).
        """
        first = [entry for entry in self.entries[:LEAST_KNOWN] if entry.needs_letters]
        seed = int((time.time() if moment is None else moment) // STRIP_SECONDS)
        chance = random.Random(seed)  # noqa: S311 - fair turns, not a secret
        return chance.sample(first, min(amount, len(first)))


def _places(found: int) -> Iterator[int]:
    """The places of the bits that are set, from the first."""
    for at, byte in enumerate(found.to_bytes(found.bit_length() // 8 + 1, "little")):
        if byte:
            for bit in range(8):
                if byte >> bit & 1:
                    yield at * 8 + bit


def _masks(entries: Sequence[Entry]) -> dict[str, dict[str, int]]:
    size = len(entries) // 8 + 1
    bits: dict[str, dict[str, bytearray]] = {each: defaultdict(lambda: bytearray(size)) for each in DIMENSIONS}
    for at, entry in enumerate(entries):
        byte, bit = at >> 3, 1 << (at & 7)
        for dimension, values in _values_of(entry):
            for value in values:
                bits[dimension][value][byte] |= bit
    return {
        dimension: {value: int.from_bytes(held, "little") for value, held in sorted(masks.items())}
        for dimension, masks in bits.items()
    }


def _values_of(entry: Entry) -> Iterable[tuple[str, Iterable[str]]]:
    group = _GROUP_OF.get(entry.status or "")
    return (
        ("status", (group,) if group else ()),
        ("region", (entry.region,) if entry.region else ()),
        ("article", entry.articles),
        ("listing", entry.listings),
        ("who", ("women",) * entry.is_woman + ("minors",) * entry.is_minor),
        ("need", ("letters",) * entry.needs_letters),
    )


def _owed_most(entry: Entry) -> tuple[int, int, date, str]:
    turn = 0 if entry.reach is Reach.OPEN else 2 if entry.status in OVER else 1
    waiting = entry.waiting_since or entry.arrested_on or date.max
    return turn, entry.quarters, waiting, entry.last_latin


def _by_name(entry: Entry) -> tuple[object, ...]:
    return (entry.last_latin,)


def _by_russian_name(entry: Entry) -> tuple[object, ...]:
    return (entry.last_ru,)


def _lately(entry: Entry) -> tuple[object, ...]:
    return (-(entry.arrested_on or date.min).toordinal(), entry.last_latin)


class _Kept:
    """This process's directory; one thread reads it anew while the others go on with the old one."""

    def __init__(self) -> None:
        self.directory: Directory | None = None
        self.read_at = float("-inf")
        self.lock = threading.Lock()

    def current(self) -> Directory:
        kept = self.directory
        if kept is not None and time.monotonic() - self.read_at < REREAD_AFTER:
            return kept
        with_old = kept is not None
        if not self.lock.acquire(blocking=not with_old):
            assert kept is not None  # noqa: S101 - only who has an old one does not wait
            return kept
        try:
            if self.directory is None or time.monotonic() - self.read_at >= REREAD_AFTER:
                self.directory = Directory(read_entries(clock.today()))
                self.read_at = time.monotonic()
            return self.directory
        finally:
            self.lock.release()

    def forget(self) -> None:
        self.directory = None
        self.read_at = float("-inf")


_kept = _Kept()


def directory() -> Directory:
    """Everybody public, as of at most REREAD_AFTER seconds ago."""
    return _kept.current()


def forget_directory() -> None:
    """Read it anew at the next question, in this process (a test, or a change that must be counted at once)."""
    _kept.forget()
