"""The index of names: in the memory of each web process, built in the background, following what is written.

Nothing of it is ever stored or logged, and it goes with the key that opens the names. Every row says in which
transaction it was last written; the oldest transaction that was still open when we last looked bounds what we may have
missed, whatever the order in which transactions commit.
"""

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from campaign.kernel.crypto.errors import CryptoError, KeyMissing, SealBroken
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import execute_alone
from campaign.kernel.spelling import fold_word
from campaign.people.models import NAME, SCOPE
from campaign.people.queries.name_text import Entry, Gathering, Names, entry_of

PAUSE = 1.0
"""Seconds: what was written a moment ago may be found so much later."""
LOOK_EVERY = 5.0
"""Seconds after which the thread of a process looks for changes, and whether the key still lives, by itself."""
MOST_AT_ONCE = 2_000
"""So many changes are taken over within a request; more wait for the thread."""
COMPACT_AFTER = 1_000
PAGE = 1_000
BREATH = 0.002
REMEMBERED_WORDS = 50_000
NO_KEY = 0
RESTORED = uuid.UUID(int=0)
"""Stands among those who are gone when a backup came back: nothing that was known before it holds."""

Enter = Callable[[], AbstractContextManager[Any]]

_OLDEST_OPEN = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_RESTORE = "SELECT coalesce(max(changed_tx), 0) FROM person_gone WHERE person_id = %(restored)s"
_COUNT = "SELECT count(*) FROM person"
_ROWS = (
    "SELECT person.id, person.name_sealed, volunteer.pseudonym FROM person"
    " LEFT JOIN volunteer ON volunteer.person_id = person.id AND person.name_sealed IS NULL"
)
_PAGE = f"{_ROWS} WHERE person.id > %(after)s ORDER BY person.id LIMIT %(limit)s"
_CHANGED = f"{_ROWS} WHERE person.changed_tx >= %(since)s LIMIT %(limit)s"
_GONE = (
    "SELECT person_gone.person_id FROM person_gone WHERE person_gone.changed_tx >= %(since)s"
    " AND NOT EXISTS (SELECT FROM person WHERE person.id = person_gone.person_id) LIMIT %(limit)s"
)


class IndexState(StrEnum):
    """Whether names can be searched."""

    LOADING = "loading"
    READY = "ready"
    UNAVAILABLE = "unavailable"
    """The key is gone, or cannot be reached."""


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """What the index can say at this moment."""

    state: IndexState
    names: Names | None
    done: int = 0
    total: int = 0
    """While it is loading: how many of how many."""


@dataclass(frozen=True, slots=True, repr=False)
class _Held:
    names: Names
    key_id: int
    since: int
    """Of what transactions from this one on have written, some may be missing."""
    restore: int
    """Which restore this database had come from when the names were read; 0 for none that is known."""


class _TooMuch(Exception):
    """More has changed than a request should wait for."""


class NameIndex:
    """The names of everybody, as one process holds them. Safe to share between threads."""

    def __init__(self, *, pause: float = PAUSE, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.pause = pause
        self._monotonic = monotonic
        self._held: _Held | None = None
        self._is_available = True
        self._followed_at = float("-inf")
        self._done, self._total = 0, 0
        # Whoever follows holds it; the others go on with what there is.
        self._following = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, enter: Enter) -> None:
        """Build it and keep it up from a thread of this process; does nothing where that runs already.

        `enter` gives the context in which the database can be asked.
        """
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, args=(enter,), name="names", daemon=True)
            self._thread.start()

    def look(self) -> Look:
        """The names as of a second ago at most, where there are any."""
        if self._held is not None and self._monotonic() - self._followed_at >= self.pause:
            self._follow_in_passing()
        held = self._held
        if held is not None:
            return Look(IndexState.READY, held.names)
        if not self._is_available:
            return Look(IndexState.UNAVAILABLE, None)
        return Look(IndexState.LOADING, None, self._done, self._total)

    def keep_up(self) -> None:
        """Build it where there is none, follow what was written, and drop all when the key is gone."""
        with self._following:
            try:
                self._keep_up()
            except CryptoError:
                self._drop()

    def forget(self) -> None:
        """Drop every name and begin again."""
        with self._following:
            self._drop()
            self._is_available = True

    def _run(self, enter: Enter) -> None:
        while True:
            # Whatever keeps the database away now: the next round tries again, and a key that is gone was seen to.
            with suppress(Exception), enter():
                self.keep_up()
            self._wake.wait(LOOK_EVERY)
            self._wake.clear()

    def _follow_in_passing(self) -> None:
        if not self._following.acquire(blocking=False):
            return
        try:
            self._follow(limit=MOST_AT_ONCE)
        except _TooMuch:
            self._wake.set()
        except CryptoError:
            self._drop()
        finally:
            self._following.release()

    def _keep_up(self) -> None:
        if self._held is not None:
            self._follow(limit=None)
        if self._held is None:
            self._build()
        elif self._held.names.changes > COMPACT_AFTER:
            held = self._held
            self._held = replace(held, names=held.names.compacted())

    def _follow(self, *, limit: int | None) -> None:
        """Take over what was written since; drops all where that cannot be known, to be built anew."""
        held = self._held
        if held is None:
            return
        key_id, since, restore = _key_id(), _number(_OLDEST_OPEN), _last_restore()
        most = {"since": held.since, "limit": None if limit is None else limit + 1}
        # Rows before those that are gone: whoever went in between is gone, whoever came back is found next time.
        rows = execute_alone(_CHANGED, most)
        gone = [row[0] for row in execute_alone(_GONE, most)]
        if limit is not None and max(len(rows), len(gone)) > limit:
            raise _TooMuch
        # Another key, or a database whose transactions begin again below ours: a backup was restored.
        if key_id != held.key_id or since < held.since or restore not in {0, held.restore}:
            self._drop()
            self._is_available = True
            self._wake.set()
            return
        changes: dict[bytes, Entry | None] = {row[0].bytes: _entry(row) for row in rows}
        changes.update((person.bytes, None) for person in gone if person != RESTORED)
        names = held.names.with_changes(changes) if changes else held.names
        self._held, self._followed_at = replace(held, names=names, since=since), self._monotonic()

    def _build(self) -> None:
        key_id = _key_id()
        self._is_available = True
        restore, since = _last_restore(), _number(_OLDEST_OPEN)
        self._done, self._total = 0, _number(_COUNT)
        gathering, after = Gathering(), uuid.UUID(int=0)
        # Of this build alone: words of names outlive no key.
        folding = lru_cache(REMEMBERED_WORDS)(fold_word)
        while rows := execute_alone(_PAGE, {"after": after, "limit": PAGE}):
            for row in rows:
                gathering.add(_entry(row, folding))
            after = rows[-1][0]
            self._done += len(rows)
            # Requests of this process come first.
            time.sleep(BREATH)
        self._held = _Held(gathering.names(), key_id, since, restore)
        self._followed_at = float("-inf")

    def _drop(self) -> None:
        self._held, self._is_available = None, False
        self._done, self._total = 0, 0


def _key_id() -> int:
    """The number of the key that opens the names; 0 where nobody was written down yet. Raises CryptoError.

    A keyring that cannot be asked counts as one without the key: what cannot be known to live is dropped.
    """
    try:
        return keyring.current_key_id(SCOPE)
    except KeyMissing:
        return NO_KEY
    except SQLAlchemyError as problem:
        raise CryptoError from problem


def _entry(row: tuple[Any, ...], folding: Callable[[str], str] = fold_word) -> Entry:
    person, sealed, pseudonym = row
    try:
        name = pseudonym or "" if sealed is None else NAME.unseal(SCOPE, person, sealed)
    except SealBroken:
        # One damaged row must not hide all others.
        name = ""
    return entry_of(person, name, folding=folding)


def _number(statement: str) -> int:
    return int(execute_alone(statement, {})[0][0])


def _last_restore() -> int:
    return int(execute_alone(_RESTORE, {"restored": RESTORED})[0][0])


name_index = NameIndex()
