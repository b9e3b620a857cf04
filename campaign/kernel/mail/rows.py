"""Mail rows and their state changes (SAFETY.md, "Mail").

A row holds no body and no readable address: a reference to the row it is about, or a sealed recipient that is erased
when the mail has left. Every change is a compare-and-set on the state, so that a worker that lost its lease changes
nothing.
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
from campaign.kernel.db import SUPPORTER, Base, execute_alone, session
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


_CLAIM = """
    UPDATE mail SET state = 'claimed', lease_until = %(lease_until)s, attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM mail
        WHERE lane = %(lane)s AND state IN ('pending', 'retry') AND batch IS NULL AND due_at <= %(now)s
        ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id, kind, language, ref, recipient_sealed, recipient_scope, attempts, queued_at, expires_at
"""

# A stream is what one batch owes to one host. Streams come in no order, so that none waits for another's end; within
# one the oldest goes first. The outer LIMIT ends the loop, so that no row is locked which is not taken.
_CLAIM_BATCHES = """
    UPDATE mail SET state = 'claimed', lease_until = %(lease_until)s, attempts = attempts + 1
    WHERE id IN (
        SELECT taken.id
        FROM (
            SELECT mail_batch.id AS batch, provider
            FROM mail_batch
            CROSS JOIN LATERAL (
                SELECT 1 FROM mail WHERE batch = mail_batch.id AND state IN ('pending', 'retry') LIMIT 1
            ) AS waits
            CROSS JOIN unnest(%(providers)s::text[]) AS provider
            WHERE NOT held
            ORDER BY random()
        ) AS stream
        CROSS JOIN LATERAL (
            SELECT id FROM mail
            WHERE batch = stream.batch AND provider = stream.provider AND state IN ('pending', 'retry')
                AND due_at <= %(now)s
            ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ) AS taken
        LIMIT %(limit)s
    )
    RETURNING id, kind, language, ref, recipient_sealed, recipient_scope, attempts, queued_at, expires_at, batch,
        provider
"""


def claim_due(lane: Lane, limit: int) -> list[Claim]:
    """Take up to `limit` due mails of a lane, oldest first, for LEASE; commits by itself.

    Of the bulk lane, batches get half of it, however many single mails wait, and these the other half.
    """
    if lane != Lane.BULK:
        return _claim_single(lane, limit)
    claims = _claim_single(lane, limit // 2)
    singles = len(claims)
    claims += _claim_batches(limit - singles)
    if singles == limit // 2 and len(claims) < limit:
        claims += _claim_single(lane, limit - len(claims))
    return claims


def _claim_single(lane: Lane, limit: int) -> list[Claim]:
    moment = clock.now()
    values = {"lane": lane.value, "now": moment, "lease_until": moment + LEASE, "limit": limit}
    return [Claim(*row) for row in execute_alone(_CLAIM, values)]


def _claim_batches(limit: int) -> list[Claim]:
    moment = clock.now()
    values = {"now": moment, "lease_until": moment + LEASE, "limit": limit, "providers": list(PROVIDERS)}
    return [Claim(*row) for row in execute_alone(_CLAIM_BATCHES, values)]


_HANDOFF = """
    WITH before AS (
        UPDATE mail SET state = 'sent', finished_at = %(now)s, lease_until = NULL, recipient_sealed = NULL, error = ''
        WHERE id = %(sent)s AND state = 'handoff' AND attempts = %(sent_attempts)s
    )
    UPDATE mail SET state = 'handoff', lease_until = %(lease_until)s
    WHERE id = %(id)s AND state = 'claimed' AND attempts = %(attempts)s
        AND NOT EXISTS (SELECT FROM mail_batch WHERE mail_batch.id = mail.batch AND held)
    RETURNING id
"""


def hand_off(claim: Claim, *, sent_before: Claim | None) -> bool:
    """Commit that the body is about to leave, together with the end of the mail sent just before on this connection.

    One commit instead of two per mail. A crash in between leaves the earlier mail in `handoff`, which is resolved as
    any mail whose fate is unknown. False when the claim is no longer ours or its batch is held: the body must not leave
    then.
    """
    moment = clock.now()
    values = {
        "now": moment,
        "lease_until": moment + LEASE,
        "id": claim.id,
        "attempts": claim.attempts,
        "sent": sent_before.id if sent_before else None,
        "sent_attempts": sent_before.attempts if sent_before else 0,
    }
    return bool(execute_alone(_HANDOFF, values))


_FINISH = """
    UPDATE mail SET state = %(state)s, finished_at = %(now)s, lease_until = NULL, error = %(error)s,
        recipient_sealed = CASE WHEN %(state)s = 'unknown' THEN recipient_sealed END
    WHERE id = %(id)s AND state IN ('claimed', 'handoff') AND attempts = %(attempts)s
"""


def finish(claim: Claim, state: MailState, error: str = "") -> None:
    """End a claim in `state`; `error` is a reply code or a word, never the server's text, which may quote addresses."""
    values = {"id": claim.id, "attempts": claim.attempts, "state": state.value, "error": error, "now": clock.now()}
    execute_alone(_FINISH, values)


# The days that a mail of a batch may be tried begin with its first try: until then it may have waited for weeks.
_RELEASE = """
    UPDATE mail SET state = 'retry', due_at = %(due_at)s, lease_until = NULL, error = %(error)s, attempts = %(keep)s,
        expires_at = CASE WHEN batch IS NULL OR %(keep)s <> 1 THEN expires_at ELSE least(expires_at, %(last)s) END
    WHERE id = %(id)s AND state IN ('claimed', 'handoff') AND attempts = %(attempts)s
"""


def release(claim: Claim, due_at: datetime, error: str, *, counts: bool = True) -> None:
    """Give a claim back to be tried at `due_at`; `counts` False when the mail itself was never tried.

    The fencing number then goes back too, which is safe: nothing else holds the claim, or the update does not match.
    """
    values = {
        "id": claim.id,
        "attempts": claim.attempts,
        "keep": claim.attempts if counts else max(claim.attempts - 1, 0),
        "due_at": due_at,
        "last": clock.now() + EXPIRES_AFTER,
        "error": error,
    }
    execute_alone(_RELEASE, values)


_RELEASE_HELD = """
    UPDATE mail SET state = 'retry', lease_until = NULL, error = 'held', attempts = mail.attempts - 1
    FROM unnest(%(ids)s::uuid[], %(attempts)s::bigint[]) AS claim (id, attempts)
    WHERE mail.id = claim.id AND mail.attempts = claim.attempts AND state = 'claimed'
        AND EXISTS (SELECT FROM mail_batch WHERE mail_batch.id = mail.batch AND held)
    RETURNING mail.id
"""


def release_held(claims: Sequence[Claim]) -> set[uuid.UUID]:
    """Give back those of the claims whose batch is held by now, as if never claimed; gives which."""
    values = {"ids": [claim.id for claim in claims], "attempts": [claim.attempts for claim in claims]}
    return {row[0] for row in execute_alone(_RELEASE_HELD, values)}


def expired_leases() -> Sequence[MailRow]:
    """Rows whose worker died, locked for the caller."""
    statement = (
        select(MailRow)
        .where(MailRow.state.in_([MailState.CLAIMED, MailState.HANDOFF]), MailRow.lease_until < clock.now())
        .limit(500)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(statement).all()


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


def oldest_waiting() -> datetime | None:
    """When the oldest mail that is due was queued."""
    return session.scalar(
        select(func.min(MailRow.queued_at)).where(
            MailRow.state.in_([MailState.PENDING, MailState.RETRY]), MailRow.due_at <= clock.now()
        )
    )
