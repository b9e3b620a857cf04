"""How far a mailing is: its mails by state and by mailbox host, what came back of them, and when it may be done."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.mail.batches import count_batch
from campaign.kernel.mail.returns.models import MailReturned
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.mailings.models import Mailing, MailingRecipient

LATELY = timedelta(minutes=5)
WAITING = frozenset({MailState.PENDING, MailState.RETRY, MailState.CLAIMED, MailState.HANDOFF})
GROUPS = ("waiting", "sent", "failed", "suppressed", "unknown", "expired")
"""What staff are told of a mail; what is in a worker's hands waits as well."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The mails of one mailing."""

    by_provider: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By mailbox host: how many stand in each of GROUPS."""
    returned: Mapping[str, int] = field(default_factory=dict)
    """How many came back, by ReturnKind."""

    def count(self, group: str) -> int:
        """How many stand in one group."""
        return sum(counts.get(group, 0) for counts in self.by_provider.values())

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.count(group) for group in GROUPS)

    @property
    def done(self) -> int:
        """How many do not wait any more."""
        return self.total - self.count("waiting")


def progress_of(mailing: Mailing) -> Progress:
    """Where its mails stand; of one that is over for long, as it was written down then."""
    counted = count_batch(mailing.id)
    kept = mailing.summary or {}
    if mailing.finished_at is not None and "providers" in kept and sum(counted.values()) < _amount(kept):
        return Progress(kept["providers"], kept.get("returned", {}))
    found: dict[str, Counter[str]] = {}
    for (provider, state), amount in counted.items():
        group = "waiting" if state in WAITING else state
        found.setdefault(provider, Counter())[group] += amount
    return Progress(found, returned_of(mailing.id))


def summary_of(mailing: Mailing) -> dict[str, Any]:
    """What is kept of one that is over: numbers, and nobody's name."""
    now = progress_of(mailing)
    numbers = {name: dict(counts) for name, counts in now.by_provider.items()}
    return {**(mailing.summary or {}), "providers": numbers, "returned": dict(now.returned)}


def returned_of(mailing_id: uuid.UUID) -> dict[str, int]:
    """How many of its mails came back, by ReturnKind; a mail counts once for each way in which it did."""
    statement = (
        select(MailReturned.kind, func.count())
        .join(MailingRecipient, MailingRecipient.id == MailReturned.ref)
        .where(MailingRecipient.mailing_id == mailing_id)
        .group_by(MailReturned.kind)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def ends_at(mailing: Mailing) -> datetime | None:
    """When it may be done at the pace of the last minutes; None where nothing has left lately."""
    since = clock.now() - LATELY
    left = select(func.count()).where(
        MailRow.batch == mailing.id, MailRow.state == MailState.SENT, MailRow.finished_at >= since
    )
    waits = select(func.count(), func.max(MailRow.due_at)).where(
        MailRow.batch == mailing.id, MailRow.state.in_(WAITING)
    )
    lately, (waiting, last) = session.scalar(left) or 0, session.execute(waits).one()
    if not lately or not waiting:
        return None
    begun = max(since, mailing.started_at or since)
    pace = lately / max((clock.now() - begun).total_seconds(), 1.0)
    soonest = clock.now() + timedelta(seconds=waiting / pace)
    return max(soonest, last) if last is not None else soonest


def hours_of(mailing: Mailing, most: int = 40) -> Sequence[tuple[datetime, int]]:
    """How many are due in which hour, of those that wait: for whom it is when, by the hours of the readers."""
    hour = func.date_trunc("hour", MailRow.due_at)
    waits = (MailRow.batch == mailing.id, MailRow.state.in_(WAITING))
    statement = select(hour, func.count()).where(*waits).group_by(hour).order_by(hour).limit(most)
    return [(row[0], row[1]) for row in session.execute(statement)]


def _amount(kept: Mapping[str, Any]) -> int:
    return sum(sum(counts.values()) for counts in kept["providers"].values())
