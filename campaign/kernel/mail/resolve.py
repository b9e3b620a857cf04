"""Mails whose fate nobody knows, settled by a person: sent again, or given up."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.doorbell import press_after_commit
from campaign.kernel.mail.rows import EXPIRES_AFTER, Lane, MailRow, MailState


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """Mails of one kind that may or may not have arrived."""

    lane: str
    kind: str
    count: int
    oldest: datetime

    @property
    def name(self) -> str:
        """How forms and commands name it."""
        return f"{self.lane}/{self.kind}"


def list_unknown() -> Sequence[UnknownGroup]:
    """What waits for a person, by lane and kind, oldest first."""
    oldest = func.min(MailRow.queued_at)
    statement = (
        select(MailRow.lane, MailRow.kind, func.count(), oldest)
        .where(MailRow.state == MailState.UNKNOWN)
        .group_by(MailRow.lane, MailRow.kind)
        .order_by(oldest)
    )
    return [UnknownGroup(*row) for row in session.execute(statement)]


def send_again(lane: Lane, kind: str, *, actor: uuid.UUID | None) -> int:
    """Owe the unknown mails of a kind once more, under the same Message-IDs; gives how many. Safe to press twice.

    Some of their receivers may get the mail a second time. The 72 hours begin anew.
    """
    moment = clock.now()
    changed = _settle(
        lane, kind, state=MailState.RETRY, due_at=moment, expires_at=moment + EXPIRES_AFTER, error="sent-again"
    )
    if changed:
        audit.record("mail.sent_again", actor=actor, about=f"mail:{kind}", amount=changed)
        press_after_commit(lane.queue)
    return changed


def give_up(lane: Lane, kind: str, *, actor: uuid.UUID | None) -> int:
    """End the unknown mails of a kind as failed and erase their recipients; gives how many."""
    changed = _settle(
        lane, kind, state=MailState.FAILED, finished_at=clock.now(), recipient_sealed=None, error="given-up"
    )
    if changed:
        audit.record("mail.given_up", actor=actor, about=f"mail:{kind}", amount=changed)
    return changed


def _settle(lane: Lane, kind: str, **values: object) -> int:
    statement = (
        update(MailRow)
        .where(MailRow.state == MailState.UNKNOWN, MailRow.lane == lane, MailRow.kind == kind)
        .values(lease_until=None, **values)
        .returning(MailRow.id)
    )
    return len(session.execute(statement).all())
