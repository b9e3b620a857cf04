"""The gate of this process, compiled from the register and renewed within seconds of a change."""

import threading
import time

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from campaign.designations.models import RegisterState
from campaign.designations.policy import is_designated
from campaign.designations.queries import list_organisations
from campaign.designations.service.gate.matcher import Entry, Gate, Span
from campaign.kernel.db import session

REREAD_AFTER = 3.0


class _Seen:
    """This process's copy; the register's version is asked for every few seconds, the rest only when it moved."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.version = -1
        self.read_at = float("-inf")
        self.lock = threading.Lock()

    def current(self) -> Gate:
        if time.monotonic() - self.read_at > REREAD_AFTER and self.lock.acquire(blocking=False):
            try:
                self._renew()
            except DBAPIError:
                # A database that is away must not turn a page into an error: what was known stands.
                session.rollback()
            finally:
                self.read_at = time.monotonic()
                self.lock.release()
        return self.gate

    def _renew(self) -> None:
        version = session.scalar(select(RegisterState.version)) or 0
        if version != self.version:
            self.gate, self.version = Gate.compile(list_entries()), version


_seen = _Seen()


def current_gate() -> Gate:
    """The gate of the register as it stands; a change anywhere is seen within REREAD_AFTER seconds."""
    return _seen.current()


def forget_gate() -> None:
    """Read the register anew at the next question."""
    _seen.read_at, _seen.version = float("-inf"), -1


def find_designated(words: str) -> list[Span]:
    """Where a text names designated organisations or leads to them, for the letter checker (DOMAIN.md, L10)."""
    return current_gate().find(words)


def list_entries() -> list[Entry]:
    """What the gate has to find: organisations that carry a label now."""
    return [
        Entry(
            each.slug, [*map(str, each.names.values()), *each.aliases], [each.url, *each.domains]
        )
        for each in list_organisations()
        if is_designated(each)
    ]  # fmt: skip


def touch_register() -> None:
    """Say, in the open transaction, that the register reads differently now."""
    session.execute(
        text(
            "INSERT INTO register_state (id, version) VALUES (1, 1)"
            " ON CONFLICT (id) DO UPDATE SET version = register_state.version + 1"
        )
    )
