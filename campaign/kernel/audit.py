"""The audit trail: append-only and hash-chained, so that a changed or missing entry shows.

It records who did what to what, how many and why; never contents (SAFETY.md 15).

Entries are appended when the open use case is about to commit. Appending takes the chain's lock until the transaction
ends, and whoever held it and then waited for a row would wait for somebody who may be waiting for the chain.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CheckConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.db import BEFORE_COMMIT, IN_TRANSACTION, Base, session

GENESIS = b"\x00" * 32
# Appending takes this lock, so that two transactions never chain to the same predecessor.
CHAIN_LOCK = 0x_41_55_44_49_54


class AuditEntry(Base):
    """One link of the chain. A trigger refuses UPDATE and DELETE."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("length(digest) = 32 AND length(previous) = 32", name="digest_length"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(index=True)
    object: Mapped[str] = mapped_column(default="")
    amount: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(default="")
    previous: Mapped[bytes]
    digest: Mapped[bytes] = mapped_column(unique=True)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold."""

    entry: int
    problem: str


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """How long the chain is, and the digest of its last entry."""

    entries: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Deed:
    """What an entry will say."""

    at: datetime
    actor: uuid.UUID | None
    action: str
    about: str
    amount: int
    reason: str


@dataclass(slots=True)
class _Waiting:
    """The deeds of the open transaction that are not in the chain yet."""

    deeds: list[_Deed] = field(default_factory=list)

    def __call__(self) -> None:
        """Append them."""
        deeds, self.deeds = self.deeds, []
        _append(deeds)


def record(action: str, *, actor: uuid.UUID | None = None, about: str = "", amount: int = 1, reason: str = "") -> None:
    """Record something in the open transaction; `actor` None means the system or the command line.

    `about` names the object by kind and id ("petition:6f1c…"), never by a person's name or address. Inside a savepoint
    the entry is appended at once, so that it goes when the savepoint does.
    """
    deed = _Deed(clock.now(), actor, action, about, amount, reason)
    current = session()
    if not current.info.get(IN_TRANSACTION) or current.in_nested_transaction():
        _append([deed])
        return
    waiting = _waiting()
    if waiting is None:
        waiting = _Waiting()
        current.info[BEFORE_COMMIT].append(waiting)
    waiting.deeds.append(deed)


def _waiting() -> _Waiting | None:
    effects = session().info.get(BEFORE_COMMIT, ())
    return next((each for each in effects if isinstance(each, _Waiting)), None)


def _settle() -> None:
    """Let what this transaction has recorded be read in it."""
    waiting = _waiting()
    if waiting is not None:
        waiting()


def _append(deeds: Sequence[_Deed]) -> None:
    if not deeds:
        return
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    last = session.execute(select(AuditEntry.id, AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)).first()
    first, previous = (last.id + 1, last.digest) if last else (1, GENESIS)
    for number, deed in enumerate(deeds, first):
        entry = AuditEntry(
            id=number, at=deed.at, actor=deed.actor, action=deed.action, object=deed.about, amount=deed.amount,
            reason=deed.reason, previous=previous,
        )  # fmt: skip
        previous = entry.digest = _digest(entry)
        session.add(entry)
    session.flush()


def verify() -> Iterator[Break]:
    """Walk the whole chain and yield each break; nothing when it holds."""
    _settle()
    previous, number = GENESIS, 0
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)):
        number += 1
        if entry.id != number:
            yield Break(number, f"entry {number} is missing; {entry.id} follows")
            number = entry.id
        elif entry.previous != previous:
            yield Break(entry.id, f"entry {entry.id} does not follow from the one before it")
        if _digest(entry) != entry.digest:
            yield Break(entry.id, f"entry {entry.id} was changed after it was written")
        previous = entry.digest


def count_since(moment: datetime) -> dict[str, int]:
    """How often each action was recorded after `moment`."""
    _settle()
    statement = select(AuditEntry.action, func.count()).where(AuditEntry.at > moment).group_by(AuditEntry.action)
    return dict(session.execute(statement.order_by(AuditEntry.action)).all())


def count_entries() -> int:
    """How many entries the chain has."""
    _settle()
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def chain_end() -> ChainEnd:
    """The end of the chain: what to write down elsewhere, since nothing in the chain tells whether its tail was cut."""
    _settle()
    last = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    return ChainEnd(count_entries(), last or b"")


def _digest(entry: AuditEntry) -> bytes:
    fields = [
        entry.id,
        entry.at.isoformat(timespec="microseconds"),
        str(entry.actor or ""),
        entry.action,
        entry.object,
        entry.amount,
        entry.reason,
        entry.previous.hex(),
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).digest()
