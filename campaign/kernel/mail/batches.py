"""Mails owed by the thousand: a batch is held, let go on or stopped as one, whatever its size.

Holding writes one row. Nobody claims mails of a held batch, and what a worker has claimed already is given back before
its body leaves, so a hold takes effect within the one mail that is on its way.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.db import SUPPORTER, Base, session
from campaign.kernel.doorbell import press_after_commit
from campaign.kernel.errors import NotFound
from campaign.kernel.mail.pace import ensure_paces
from campaign.kernel.mail.providers import OTHER
from campaign.kernel.mail.rows import Lane, MailRow, MailState
from campaign.kernel.registry import Registry

WAITS_AT_MOST = timedelta(days=30)
"""With caps and holds a batch may wait for weeks; its 72 hours begin when it is first tried."""
STOPPED = "stopped"
forgotten_mails: Registry[Callable[[datetime], None]] = Registry("what is kept of mails of batches")
"""Each is called in the transaction that deletes the rows of mails that ended before a moment, while they are there."""


class MailBatch(Base):
    """Many mails that are held and let go together. Its id is that of its cause (a mailing)."""

    __tablename__ = "mail_batch"
    __table_args__ = ({"info": SUPPORTER},)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    held: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Owed:
    """One mail of a batch. `id` is the row's own, so that a return path can be told before; `provider` of PROVIDERS."""

    id: uuid.UUID
    ref: uuid.UUID
    language: str
    dedupe: bytes
    provider: str
    due_at: datetime


def open_batch(batch: uuid.UUID) -> None:
    """Make a batch that mails can be owed to, in the open transaction; a second call changes nothing."""
    values = {"id": batch, "held": False, "opened_at": clock.now()}
    session.execute(insert(MailBatch).values(values).on_conflict_do_nothing(index_elements=["id"]))
    ensure_paces()


def hold(batch: uuid.UUID) -> None:
    """Let nothing more of a batch leave once this is committed; raises NotFound when it was never opened."""
    _set_held(batch, held=True)


def go_on(batch: uuid.UUID) -> None:
    """Let a held batch leave again; raises NotFound when it was never opened."""
    _set_held(batch, held=False)
    press_after_commit(Lane.BULK.queue)


def is_held(batch: uuid.UUID) -> bool:
    """Whether a batch is held; an unknown one is not."""
    return bool(session.scalar(select(MailBatch.held).where(MailBatch.id == batch)))


def _set_held(batch: uuid.UUID, *, held: bool) -> None:
    changed = session.execute(update(MailBatch).where(MailBatch.id == batch).values(held=held).returning(MailBatch.id))
    if changed.first() is None:
        raise NotFound


def stop(batch: uuid.UUID, limit: int) -> int:
    """End up to `limit` mails of a batch that wait, as suppressed; gives how many. Call until it gives 0.

    Hold the batch first: mails that a worker has in its hands wait again a moment later.
    """
    # Looked for once, which `IN (SELECT … LIMIT …)` does not promise: planned as a loop, it takes more than the limit.
    waiting = (
        select(MailRow.id)
        .where(MailRow.batch == batch, MailRow.state.in_([MailState.PENDING, MailState.RETRY]))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("waiting")
    )
    ended = (
        update(MailRow)
        .where(MailRow.id.in_(select(waiting.c.id)))
        .values(state=MailState.SUPPRESSED, finished_at=clock.now(), recipient_sealed=None, error=STOPPED)
        .execution_options(synchronize_session=False)
        .returning(MailRow.id)
    )
    return len(session.execute(ended).all())


def count_batch(batch: uuid.UUID) -> dict[tuple[str, str], int]:
    """How many mails of a batch stand in each (provider, state). Rows of mails that ended go after seven days."""
    counted = select(MailRow.provider, MailRow.state, func.count()).where(MailRow.batch == batch)
    rows = session.execute(counted.group_by(MailRow.provider, MailRow.state))
    return {(provider or OTHER, state): count for provider, state, count in rows}


_OWE = text("""
    INSERT INTO mail (id, lane, kind, language, ref, dedupe_key, state, queued_at, due_at, expires_at, attempts, error,
        batch, provider)
    SELECT owed.id, 'bulk', :kind, owed.language, owed.ref, owed.dedupe, 'pending', :now, owed.due_at,
        owed.due_at + :waits, 0, '', :batch, owed.provider
    FROM unnest(CAST(:ids AS uuid[]), CAST(:refs AS uuid[]), CAST(:languages AS text[]), CAST(:dedupes AS bytea[]),
        CAST(:providers AS text[]), CAST(:due_ats AS timestamptz[]))
        AS owed (id, ref, language, dedupe, provider, due_at)
    ON CONFLICT (dedupe_key) DO NOTHING
""")


def owe_many(batch: uuid.UUID, kind: str, owed: Sequence[Owed]) -> int:
    """Owe mails of an open batch by one statement, in the open transaction; gives how many were not owed before."""
    values = {
        "ids": [each.id for each in owed],
        "refs": [each.ref for each in owed],
        "languages": [each.language for each in owed],
        "dedupes": [each.dedupe for each in owed],
        "providers": [each.provider for each in owed],
        "due_ats": [each.due_at for each in owed],
    }
    moment = {"now": clock.now(), "waits": WAITS_AT_MOST}
    added = int(session.execute(_OWE, {"kind": kind, "batch": batch, **moment, **values}).rowcount)  # type: ignore[attr-defined]
    if added:
        press_after_commit(Lane.BULK.queue)
    return added


def forget_old_batches(before: datetime) -> None:
    """Delete batches of which no mail is left; one that was opened since is still being filled."""
    mails = select(MailRow.id).where(MailRow.batch == MailBatch.id)
    session.execute(delete(MailBatch).where(MailBatch.opened_at < before, ~mails.exists()))
