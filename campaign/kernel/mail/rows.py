"""Mail rows and their state changes (SAFETY.md, "Mail").

A row holds no body and no readable address: a reference to the row it is about, or a sealed recipient that is erased
when the mail has left. What one worker does with a row it holds stands in claiming.py.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, session
from campaign.kernel.doorbell import press_after_commit
from campaign.kernel.mail.providers import PROVIDERS

LEASE = timedelta(minutes=5)
EXPIRES_AFTER = timedelta(hours=72)
RECIPIENT = Field("mail", "recipient_sealed")


class Lane(StrEnum):
    """Who goes first: confirmations and resets before letters before bulk, with workers of their own."""

    FAST = "fast"
    LETTERS = "letters"
    BULK = "bulk"

    @property
    def queue(self) -> str:
        """The Celery queue whose workers empty this lane."""
        return f"mail.{self.value}"


class MailState(StrEnum):
    """pending > claimed > handoff > sent | retry | failed | suppressed | unknown | expired."""

    PENDING = "pending"
    CLAIMED = "claimed"
    HANDOFF = "handoff"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


FINAL = frozenset({MailState.SENT, MailState.FAILED, MailState.SUPPRESSED, MailState.EXPIRED})
_STATES = ", ".join(f"'{state}'" for state in MailState)
_PROVIDERS = ", ".join(f"'{provider}'" for provider in PROVIDERS)
_WAITING = "state IN ('pending', 'retry')"


class MailRow(Base):
    """One mail that is owed to one person."""

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("lane IN ('fast', 'letters', 'bulk')", name="lane_known"),
        CheckConstraint("(recipient_sealed IS NULL) OR (recipient_scope IS NOT NULL)", name="sealed_has_scope"),
        CheckConstraint(
            "recipient_sealed IS NULL OR state NOT IN ('sent', 'failed', 'suppressed', 'expired')",
            name="recipient_erased_when_final",
        ),
        CheckConstraint(f"provider IN ({_PROVIDERS})", name="provider_known"),
        CheckConstraint("(batch IS NULL) = (provider IS NULL)", name="batch_has_provider"),
        CheckConstraint("batch IS NULL OR lane = 'bulk'", name="batch_is_bulk"),
        # Two indexes, so that nobody who looks for a single mail walks past a hundred thousand of a batch.
        Index("ix_mail_due", "lane", "due_at", postgresql_where=text(f"{_WAITING} AND batch IS NULL")),
        Index(
            "ix_mail_batch_due",
            "batch",
            "provider",
            "due_at",
            postgresql_where=text(f"{_WAITING} AND batch IS NOT NULL"),
        ),
        Index("ix_mail_batch", "batch", postgresql_where=text("batch IS NOT NULL")),
        Index("ix_mail_leased", "lease_until", postgresql_where=text("state IN ('claimed', 'handoff')")),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    lane: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    ref: Mapped[uuid.UUID | None]
    dedupe_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    recipient_sealed: Mapped[bytes | None]
    recipient_scope: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=MailState.PENDING)
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    batch: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mail_batch.id"))
    """Of mails owed by the thousand (batches.py); single ones have none."""
    provider: Mapped[str | None]
    """Of the same: which large host keeps the mailbox, one of PROVIDERS."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row this worker holds, as a claim gives it. `attempts` fences it: another's claim carries another number."""

    id: uuid.UUID
    kind: str
    language: str
    ref: uuid.UUID | None
    recipient_sealed: bytes | None
    recipient_scope: str | None
    attempts: int
    queued_at: datetime
    expires_at: datetime
    batch: uuid.UUID | None = None
    provider: str | None = None
    claimed_at: datetime | None = None
    """Of a mail of a batch: in which hour it was counted (pace.py)."""

    def recipient(self) -> str:
        """The sealed address in clear; only for kinds that store it on the row."""
        if self.recipient_sealed is None or self.recipient_scope is None:
            raise ValueError("this mail finds its recipient through the row it refers to")
        return RECIPIENT.unseal(self.recipient_scope, self.id, self.recipient_sealed)


def dedupe_key(scope: str, purpose: str, *parts: bytes) -> bytes:
    """HMAC over purpose and parts (a blind index, a version) under the scope's key, so that a row names nobody."""
    message = b"\x1f".join([purpose.encode(), *parts])
    return keyring.digest(scope, "mail-dedupe", message)


def queue_mail(
    kind: str,
    *,
    lane: Lane,
    language: str,
    dedupe: bytes,
    ref: uuid.UUID | None = None,
    recipient: str | None = None,
    scope: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Owe one mail, in the open transaction; False when the same one (`dedupe`) is owed or was sent already."""
    moment = clock.now()
    row = uuid.uuid4()
    sealed = RECIPIENT.seal(scope, row, recipient) if recipient is not None and scope is not None else None
    statement = (
        insert(MailRow)
        .values(
            id=row, lane=lane, kind=kind, language=language, ref=ref, dedupe_key=dedupe, state=MailState.PENDING,
            recipient_sealed=sealed, recipient_scope=scope if sealed else None, queued_at=moment,
            due_at=due_at or moment, expires_at=(due_at or moment) + EXPIRES_AFTER, attempts=0, error="",
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(MailRow.id)
    )  # fmt: skip
    queued = session.execute(statement).first() is not None
    if queued:
        press_after_commit(lane.queue)
    return queued


def expired_leases() -> Sequence[MailRow]:
    """Rows whose worker died, locked for the caller."""
    statement = (
        select(MailRow)
        .where(MailRow.state.in_([MailState.CLAIMED, MailState.HANDOFF]), MailRow.lease_until < clock.now())
        .limit(500)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(statement).all()


def follow_clock() -> int:
    """Make mails due again that were queued in what is the future now: a clock that was set back must not hold them.

    In the open transaction; gives how many. Mails of batches may wait: they are in no hurry.
    """
    moment = clock.now()
    ahead = MailRow.queued_at - moment
    statement = (
        update(MailRow)
        .where(
            MailRow.state.in_([MailState.PENDING, MailState.RETRY]), MailRow.batch.is_(None), MailRow.due_at > moment,
            MailRow.queued_at > moment + timedelta(minutes=1),
        )
        .values(queued_at=moment, due_at=MailRow.due_at - ahead, expires_at=MailRow.expires_at - ahead)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def expire_overdue() -> int:
    """End what could not be sent in time; gives how many."""
    moment = clock.now()
    waits = MailRow.state.in_([MailState.PENDING, MailState.RETRY])
    ended = 0
    # One statement for each of the two indexes; asked together, the server would read the whole table.
    for which in (MailRow.batch.is_(None), MailRow.batch.is_not(None)):
        statement = (
            update(MailRow)
            .where(waits, which, MailRow.expires_at < moment)
            .values(state=MailState.EXPIRED, finished_at=moment, recipient_sealed=None)
        )
        ended += int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
    return ended


_DUE_LANES = """
    SELECT lane FROM unnest(CAST(:lanes AS text[])) AS lane
    WHERE EXISTS (
        SELECT FROM mail
        WHERE mail.lane = lane.lane AND batch IS NULL AND state IN ('pending', 'retry') AND due_at <= :now
    ) OR lane = 'bulk' AND EXISTS (
        SELECT FROM mail_batch
        CROSS JOIN LATERAL (
            SELECT FROM mail WHERE batch = mail_batch.id AND state IN ('pending', 'retry') AND due_at <= :now LIMIT 1
        ) AS waits
        WHERE NOT held
    )
"""


def lanes_with_due_mail() -> list[Lane]:
    """The lanes in which something waits to be sent now; what is held waits for a person."""
    rows = session.execute(text(_DUE_LANES), {"lanes": [lane.value for lane in Lane], "now": clock.now()})
    return [Lane(lane) for (lane,) in rows]


def count_by_state() -> dict[tuple[str, str], int]:
    """How many rows stand in each (lane, state)."""
    rows = session.execute(select(MailRow.lane, MailRow.state, func.count()).group_by(MailRow.lane, MailRow.state))
    return {(lane, state): count for lane, state, count in rows}


BATCHES = "batches"


def oldest_waiting() -> dict[str, datetime]:
    """When the oldest mail that is due was queued, by lane; of batches that are not held under BATCHES.

    Mails of batches wait for caps and plans as well, so that their age alone is no sign of trouble.
    """
    return {row.place: row.queued_at for row in session.execute(text(_OLDEST), {"now": clock.now()})}


def minutes_waiting() -> dict[str, int]:
    """The same as whole minutes until now; a clock that was set back makes none less than none."""
    moment = clock.now()
    return {place: max(int((moment - since).total_seconds() // 60), 0) for place, since in oldest_waiting().items()}


_OLDEST = """
    SELECT lane AS place, min(queued_at) AS queued_at FROM mail
    WHERE batch IS NULL AND state IN ('pending', 'retry') AND due_at <= :now GROUP BY lane
    UNION ALL
    SELECT 'batches', min(first.queued_at) FROM mail_batch
    CROSS JOIN LATERAL (
        SELECT queued_at FROM mail
        WHERE batch = mail_batch.id AND state IN ('pending', 'retry') AND due_at <= :now LIMIT 1
    ) AS first
    WHERE NOT held HAVING count(*) > 0
"""
