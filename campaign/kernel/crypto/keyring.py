"""The keyring: one data key per scope, wrapped by a master key, destroyed when the scope has served (rules 6, 7, 10).

A scope is a text such as "petition:<uuid>", "people" or "day:2026-11-23". Commit its key (`ensure`) before the first
row that uses it: the keyring is another database, and a row without its key would be lost.
"""

import os
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from campaign.kernel.crypto.errors import CryptoError, KeyDestroyed, KeyMissing, WrongMasterKey
from campaign.kernel.crypto.keystore import data_keys, open_store, scrub, today
from campaign.kernel.crypto.subkey import Subkey, make_subkey
from campaign.kernel.crypto.wrapping import KEY_BYTES, VERSION, WRAPPED_BYTES, Master, derive_subkey

LIFETIME = 30.0  # seconds for which an unwrapped key is believed

Progress = Callable[[int, int], object]
FindMasters = Callable[[], Sequence[bytes]]

_live = data_keys.c.destroyed_on.is_(None)


@dataclass(frozen=True, slots=True, repr=False)
class _Cached:
    subkey: Subkey
    epoch: object
    deadline: float


@dataclass(frozen=True, slots=True, repr=False)
class _Open:
    """What an open keyring knows: its database, the master key that wraps, and those that unwrap."""

    engine: Engine
    master: Master
    masters: dict[str, Master]
    find_masters: FindMasters


class Keyring:
    """Hands out subkeys by scope and purpose; safe to share between threads and over a fork.

    A key destroyed here is unusable at once; one destroyed by another process within `LIFETIME` seconds.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._opened: _Open | None = None
        self._cache: dict[tuple[str, str, int | None], _Cached] = {}
        # Replaced whenever cached keys lose their worth. An entry carries the epoch in which its row was *asked for*:
        # a thread that read the row just before a destruction cannot bring the key back with a late write, and no
        # lock is needed that a fork could copy in its locked state.
        self._epoch = object()

    def open(
        self,
        url: str,
        master_key: bytes,
        *,
        master_keys: Sequence[bytes] = (),
        find_masters: FindMasters = tuple,
    ) -> None:
        """Open the database at `url` (sqlite file or postgresql+psycopg), creating file and table if need be.

        `master_key` wraps new keys; `master_keys` are accepted for reading besides. To rotate without a pause: first
        every node gets the new key among `master_keys`, then `rewrap` runs, then every node gets the new key as
        `master_key` and the old among `master_keys`, `rewrap` runs again for what was made meanwhile, and the old key
        is dropped. `find_masters` gives all keys there are, the wrapping one first, and is asked when a row names
        another than ours: so a process that runs since before a rotation follows it. Raises WrongMasterKey for a key
        that is not 32 bytes; call `check_master` to learn whether it fits.
        """
        master = Master(master_key)
        known = {each.fingerprint: each for each in (master, *map(Master, master_keys))}
        self.close()
        self._opened = _Open(open_store(url), master, known, find_masters)

    def close(self) -> None:
        """Forget every key and the database. Closing twice is harmless."""
        opened, self._opened = self._opened, None
        self._forget()
        if opened is not None:
            opened.engine.dispose()

    def check_master(self) -> None:
        """Raise WrongMasterKey unless every key in the keyring can be unwrapped; one per master key is tried."""
        one_each = select(func.min(data_keys.c.id)).where(_live).group_by(data_keys.c.master)
        with self._state.engine.connect() as connection:
            rows = connection.execute(select(data_keys).where(data_keys.c.id.in_(one_each))).all()
        for row in rows:
            self._unwrap(row)

    def ensure(self, scope: str) -> None:
        """Make and commit the scope's key if it has none; as cheap as `key` if it has.

        However many callers come at once, one key is made. Raises KeyDestroyed if the scope had one.
        """
        # A further round is needed when a parallel caller was first, or, once in millions, when a number is taken.
        for _ in range(3):
            try:
                self.current_key_id(scope)
            except KeyMissing:
                self._insert(scope)
            else:
                return
        self.current_key_id(scope)

    def key(self, scope: str, purpose: str, key_id: int | None = None) -> bytes:
        """Return the 32 byte subkey for `purpose`, of the scope's current key or of the one numbered `key_id`.

        Raises KeyMissing if this scope has none of that number, KeyDestroyed if it had.
        """
        return self.subkey(scope, purpose, key_id).key

    def subkey(self, scope: str, purpose: str, key_id: int | None = None) -> Subkey:
        """Return the same key ready for use, as a cipher and as a keyed hash; raises as `key` does."""
        cached = self._cache.get((scope, purpose, key_id))
        if cached is not None and cached.epoch is self._epoch and self._monotonic() < cached.deadline:
            return cached.subkey
        return self._load(scope, purpose, key_id)

    def digest(self, scope: str, purpose: str, message: bytes) -> bytes:
        """Return HMAC-SHA-256 of `message` under the scope's current key for `purpose`; raises as `key` does."""
        return self.subkey(scope, purpose).digest(message)

    def current_key_id(self, scope: str) -> int:
        """Return the number (1 to 2**31 - 1) of the scope's current key; raises as `key` does."""
        return self.subkey(scope, "fields").key_id

    def destroy(self, scope: str) -> bool:
        """Destroy the scope's keys for good and say whether there were any left. A tombstone with the day stays.

        The wrapped bytes are overwritten and that is committed, then they are removed, then the database is
        rewritten, so that neither its files nor SQLite's journal keep them. A crash or a lock between these steps
        leaves the keys destroyed; calling again finishes the cleaning.
        """
        return self._destroy(data_keys.c.scope == scope) > 0

    def destroy_all(self) -> int:
        """Destroy the keys of every scope as `destroy` does, and return how many there were."""
        return self._destroy(true())

    def begin_anew(self, scope: str) -> bool:
        """Let a scope whose keys were all destroyed have a new one; says whether there was anything to do.

        The tombstones stay: what was sealed under the old keys stays unreadable, and no copy of the keyring revives
        them. Only for what is common to the platform, once nothing that the old keys sealed is left: a row from before
        would be refused for ever.
        """
        of_scope = data_keys.c.scope == scope
        with self.store.begin() as connection:
            if connection.scalar(select(func.count()).select_from(data_keys).where(of_scope, _live)):
                return False
            retired = update(data_keys).where(of_scope, data_keys.c.active == 1).values(active=None)
            done = int(connection.execute(retired).rowcount) > 0
        self._forget()
        if done:
            self._insert(scope)
        return done

    def destroyed(self, prefix: str = "") -> dict[str, date]:
        """Give the scopes beginning with `prefix` whose keys were destroyed, each with the day."""
        with self.store.connect() as connection:
            found = connection.execute(select(data_keys.c.scope, data_keys.c.destroyed_on).where(~_live)).all()
        return {row.scope: row.destroyed_on for row in found if row.scope.startswith(prefix)}

    @property
    def store(self) -> Engine:
        """The keyring's database, for copying it (keycopy.py); keys in it are wrapped."""
        return self._state.engine

    def _destroy(self, which: ColumnElement[bool]) -> int:
        engine = self._state.engine
        overwrite = update(data_keys).where(which, _live)
        remove = update(data_keys).where(which, ~_live, data_keys.c.wrapped.is_not(None)).values(wrapped=None)
        try:
            with engine.begin() as connection:
                dead = connection.execute(overwrite.values(wrapped=os.urandom(WRAPPED_BYTES), destroyed_on=today()))
        finally:
            self._forget()
        with engine.begin() as connection:
            connection.execute(remove)
        scrub(engine)
        return int(dead.rowcount)

    def scopes(self, prefix: str = "") -> list[str]:
        """List the scopes that have a usable key and begin with `prefix`, sorted."""
        with self._state.engine.connect() as connection:
            found = connection.scalars(select(data_keys.c.scope).where(_live).distinct())
            return sorted(scope for scope in found if scope.startswith(prefix))

    def rewrap(self, new_master_key: bytes, *, progress: Progress | None = None, batch: int = 100) -> int:
        """Wrap every data key under `new_master_key` and return how many were changed; sealed fields stay untouched.

        Every row names the master key that wrapped it and every batch is a transaction, so this can be killed at any
        point and run again with both keys open. `progress(done, total)` is called after each commit.
        """
        new, opened = Master(new_master_key), self._state
        # From here on this process wraps under the new key, and still reads under the old.
        self._opened = replace(opened, master=new, masters={**opened.masters, new.fingerprint: new})
        stale = (data_keys.c.master != new.fingerprint) & _live
        with opened.engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(data_keys).where(stale)) or 0
        done = 0
        while size := self._rewrap_batch(select(data_keys).where(stale).order_by(data_keys.c.id).limit(batch), new):
            done += size
            if progress is not None:
                progress(done, max(done, total))
        if done:
            scrub(opened.engine)
        return done

    def _rewrap_batch(self, rows: Select[Any], new: Master) -> int:
        with self._state.engine.begin() as connection:
            stale = connection.execute(rows).all()
            for row in stale:
                again = new.wrap(self._unwrap(row), row.scope, row.id)
                # Compared with the bytes that were read: a key destroyed meanwhile must not be written back.
                unchanged = (data_keys.c.id == row.id) & (data_keys.c.wrapped == row.wrapped)
                values = {"wrapped": again, "master": new.fingerprint, "version": VERSION}
                connection.execute(update(data_keys).where(unchanged).values(values))
        return len(stale)

    @property
    def _state(self) -> _Open:
        if self._opened is None:
            raise CryptoError("The keyring is not open, so nothing can be sealed or read. Check its configuration.")
        return self._opened

    def _forget(self) -> None:
        self._epoch = object()
        self._cache.clear()

    def _load(self, scope: str, purpose: str, key_id: int | None) -> Subkey:
        # Both are taken before the row is read: its age counts from there.
        epoch, now = self._epoch, self._monotonic()
        row = self._find(scope, key_id)
        subkey = make_subkey(row.id, derive_subkey(self._unwrap(row), scope, purpose))
        for place, old in list(self._cache.items()):
            if old.deadline <= now:
                self._cache.pop(place, None)
        self._cache[scope, purpose, key_id] = _Cached(subkey, epoch, now + LIFETIME)
        return subkey

    def _find(self, scope: str, key_id: int | None) -> Row[Any]:
        wanted = data_keys.c.active == 1 if key_id is None else data_keys.c.id == key_id
        with self._state.engine.connect() as connection:
            row = connection.execute(select(data_keys).where(data_keys.c.scope == scope, wanted)).one_or_none()
        if row is None:
            raise KeyMissing(f"There is no key for {scope} in the keyring. Was an older keyring restored?")
        if row.destroyed_on is not None:
            raise KeyDestroyed(f"The key for {scope} was destroyed on {row.destroyed_on}; its data cannot be read.")
        return row

    def _unwrap(self, row: Row[Any]) -> bytes:
        if row.master != self._state.master.fingerprint:
            self._follow_rotation()
        master = self._state.masters.get(row.master)
        if master is None:
            known = " or ".join(self._state.masters)
            raise WrongMasterKey(
                f"The keyring was locked with master key {row.master}, and {known} is configured."
                " Configure the key with that fingerprint."
            )
        return master.unwrap(row.wrapped, row.scope, row.id, row.version)

    def _follow_rotation(self) -> None:
        """Take in master keys that came after this process, and wrap from now on under the one that is current."""
        opened = self._state
        found = [Master(key) for key in opened.find_masters()]
        if found:
            known = opened.masters | {each.fingerprint: each for each in found}
            self._opened = replace(opened, master=found[0], masters=known)

    def _insert(self, scope: str) -> None:
        master, key_id = self._state.master, secrets.randbelow(2**31 - 1) + 1
        wrapped = master.wrap(secrets.token_bytes(KEY_BYTES), scope, key_id)
        row = {"id": key_id, "scope": scope, "active": 1, "version": VERSION, "made_on": today()}
        with suppress(IntegrityError), self._state.engine.begin() as connection:
            connection.execute(insert(data_keys).values(row | {"wrapped": wrapped, "master": master.fingerprint}))


keyring = Keyring()
