"""The outbox: work for later is a row written in the same transaction as its cause.

A feature's jobs.py declares frozen dataclasses; `enqueue` stores one. Workers claim due rows with SKIP LOCKED under a
lease and finish each in the transaction of its effect. A job may run more than once (a lease that ran out, a crash
between effect and finish), so each says in its docstring by which means it is idempotent.

Not for mail, which has rows of its own (kernel/mail/rows.py), and not for work that may be lost.
"""

import dataclasses
import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from sqlalchemy import CheckConstraint, Index, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import audit, clock
from campaign.kernel.db import SUPPORTER, Base, session
from campaign.kernel.doorbell import press_after_commit

QUEUE = "jobs"
LEASE = timedelta(minutes=6)


class JobState(StrEnum):
    """pending > claimed > (row deleted when done) | pending again | failed for a person to look at."""

    PENDING = "pending"
    CLAIMED = "claimed"
    FAILED = "failed"


class JobSpec(Protocol):
    """A frozen dataclass of ids that names one piece of background work."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    kind: ClassVar[str]


class JobRow(Base):
    """One piece of work that is owed."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'claimed', 'failed')", name="state_known"),
        CheckConstraint("(state = 'claimed') = (lease_until IS NOT NULL)", name="claimed_has_lease"),
        # The same work asked for twice while it is still waiting is one row.
        Index("uq_job_waiting", "kind", "payload_key", unique=True, postgresql_where=text("state = 'pending'")),
        Index("ix_job_due", "due_at", postgresql_where=text("state <> 'failed'")),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    payload_key: Mapped[str]
    state: Mapped[str] = mapped_column(default=JobState.PENDING)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


def enqueue(job: JobSpec, *, due_at: datetime | None = None) -> None:
    """Store `job` in the open transaction; equal work that already waits is not stored twice."""
    payload = dataclasses.asdict(job)
    moment = clock.now()
    statement = insert(JobRow).values(
        kind=job.kind,
        payload=payload,
        payload_key=json.dumps(payload, sort_keys=True, separators=(",", ":")),
        state=JobState.PENDING,
        due_at=due_at or moment,
        attempts=0,
        error="",
        created_at=moment,
    )
    session.execute(
        statement.on_conflict_do_nothing(index_elements=["kind", "payload_key"], index_where=text("state = 'pending'"))
    )
    press_after_commit(QUEUE)


def claim_due(limit: int, *, lease: timedelta = LEASE) -> Sequence[JobRow]:
    """Take up to `limit` due jobs, oldest first, for `lease`; includes those whose former lease ran out."""
    moment = clock.now()
    due = (
        select(JobRow)
        .where(
            JobRow.due_at <= moment,
            or_(JobRow.state == JobState.PENDING, (JobRow.state == JobState.CLAIMED) & (JobRow.lease_until < moment)),
        )
        .order_by(JobRow.due_at, JobRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(due).all()
    for row in rows:
        row.state, row.lease_until, row.attempts = JobState.CLAIMED, moment + lease, row.attempts + 1
    session.flush()
    return rows


def finish(job_id: int) -> bool:
    """End a claimed job, in the transaction of its effect, so that both happen or neither; False when it was ended."""
    statement = delete(JobRow).where(JobRow.id == job_id, JobRow.state == JobState.CLAIMED).returning(JobRow.id)
    return session.execute(statement).first() is not None


def postpone(job_id: int, due_at: datetime, error: str) -> None:
    """Try again at `due_at`; `error` is a code or a type name, never a message that may quote data.

    When the same work was asked for again meanwhile, that newer row does it, and this one ends.
    """
    row = session.get(JobRow, job_id)
    if row is None:
        return
    twin = select(JobRow.id).where(
        JobRow.kind == row.kind, JobRow.payload_key == row.payload_key, JobRow.state == JobState.PENDING
    )
    if session.scalar(twin) is not None:
        finish(job_id)
        return
    session.execute(
        update(JobRow)
        .where(JobRow.id == job_id)
        .values(state=JobState.PENDING, due_at=due_at, lease_until=None, error=error)
    )


def give_up(job_id: int, error: str) -> None:
    """Leave the job for a person; it shows on the staff dashboard and in /metrics."""
    session.execute(
        update(JobRow).where(JobRow.id == job_id).values(state=JobState.FAILED, lease_until=None, error=error)
    )


def list_failed() -> Sequence[JobRow]:
    """The jobs that wait for a person, oldest first."""
    return session.scalars(select(JobRow).where(JobRow.state == JobState.FAILED).order_by(JobRow.id)).all()


def retry_failed(job_id: int) -> bool:
    """Let a job that was given up run again, as if new; False when there is none of that number."""
    row = session.get(JobRow, job_id, with_for_update=True)
    if row is None or row.state != JobState.FAILED:
        return False
    row.attempts = 0
    postpone(job_id, clock.now(), "")
    press_after_commit(QUEUE)
    return True


def try_again(job_id: int, *, actor: uuid.UUID) -> bool:
    """The same for a person on the staff screen, audited."""
    retried = retry_failed(job_id)
    if retried:
        audit.record("job.tried_again", actor=actor, about=f"job:{job_id}")
    return retried


def forget(job_id: int, *, actor: uuid.UUID) -> bool:
    """Delete a failed job: its work will not be done; False when it is no longer failed."""
    statement = delete(JobRow).where(JobRow.id == job_id, JobRow.state == JobState.FAILED).returning(JobRow.kind)
    kind = session.scalar(statement)
    if kind is not None:
        audit.record("job.forgotten", actor=actor, about=f"job:{kind}:{job_id}")
    return kind is not None


def has_due() -> bool:
    """Whether something waits to be done now."""
    statement = select(JobRow.id).where(JobRow.state != JobState.FAILED, JobRow.due_at <= clock.now()).limit(1)
    return session.scalar(statement) is not None


def count_by_state() -> dict[str, int]:
    """How many jobs stand in each state."""
    rows = session.execute(select(JobRow.state, func.count()).group_by(JobRow.state))
    return {state: int(count) for state, count in rows}
