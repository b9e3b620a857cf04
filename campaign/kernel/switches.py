"""Kill switches: one function of the platform each, off within seconds everywhere (SAFETY.md 29)."""

import threading
import time
import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import audit, clock
from campaign.kernel.db import Base, session
from campaign.kernel.errors import DomainError

REREAD_AFTER = 2.0


class Switch(StrEnum):
    """What can be switched off."""

    SIGNING = "signing"
    CONFIRM_MAIL = "confirm-mail"
    BULK_MAIL = "bulk-mail"
    NEW_ACCOUNTS = "new-accounts"
    LETTERS = "letters"
    SEARCH = "search"


class SwitchedOff(DomainError):
    """The function is switched off for now."""


class SwitchState(Base):
    """The state of one switch; no row means on."""

    __tablename__ = "switch"

    name: Mapped[str] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]


class _Seen:
    """This process's copy of the switches, read again after REREAD_AFTER seconds."""

    def __init__(self) -> None:
        self.off: frozenset[str] = frozenset()
        self.read_at = float("-inf")
        self.lock = threading.Lock()

    def current(self) -> frozenset[str]:
        if time.monotonic() - self.read_at > REREAD_AFTER and self.lock.acquire(blocking=False):
            try:
                self.off = frozenset(session.scalars(select(SwitchState.name).where(SwitchState.is_on.is_(False))))
            except DBAPIError:
                # A database that is away must not turn every page into an error: the last known state stands.
                session.rollback()
            finally:
                self.read_at = time.monotonic()
                self.lock.release()
        return self.off

    def forget(self) -> None:
        self.read_at = float("-inf")


_seen = _Seen()


def forget_seen() -> None:
    """Read the switches anew at the next question."""
    _seen.forget()


def is_on(switch: Switch) -> bool:
    """Whether the function works; a change anywhere is seen within REREAD_AFTER seconds."""
    return switch.value not in _seen.current()


def require(switch: Switch) -> None:
    """Raise SwitchedOff when the function is off."""
    if not is_on(switch):
        raise SwitchedOff(switch.value)


def set_switch(switch: Switch, *, on: bool, reason: str, actor: uuid.UUID | None = None) -> None:
    """Turn a function on or off and audit it; doing it twice changes nothing more."""
    values = {"is_on": on, "reason": reason, "changed_at": clock.now()}
    session.execute(
        insert(SwitchState)
        .values(name=switch.value, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )
    audit.record(f"switch.{'on' if on else 'off'}", actor=actor, about=f"switch:{switch.value}", reason=reason)
    _seen.forget()


def list_switches() -> list[tuple[Switch, SwitchState | None]]:
    """Every switch with its stored state, None where it was never touched and is therefore on."""
    stored = {state.name: state for state in session.scalars(select(SwitchState))}
    return [(switch, stored.get(switch.value)) for switch in Switch]
