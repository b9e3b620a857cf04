"""How much comes back, by kind of mail: an alarm before mailbox hosts lose their patience with us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.alarms import AlarmKind, end_alarms, raise_alarm
from campaign.kernel.db import session
from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.returns.models import MailReturned
from campaign.kernel.mail.rows import MailRow, MailState

DAYS = 7
MOST_BOUNCES, LEAST_BOUNCES = 0.05, 5
MOST_COMPLAINTS, LEAST_COMPLAINTS = 0.001, 2
"""Shares, and the number below which a share says nothing."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What came back of one kind of mail within the days that count."""

    mail_kind: str
    sent: int
    bounced: int
    complained: int

    @property
    def is_too_much(self) -> bool:
        """Whether sending on as before would harm all our mail."""
        bounces = self.bounced >= LEAST_BOUNCES and self.bounced > self.sent * MOST_BOUNCES
        return bounces or (self.complained >= LEAST_COMPLAINTS and self.complained > self.sent * MOST_COMPLAINTS)


def list_rates() -> Sequence[Rate]:
    """Every kind of which anything was sent or came back, by name."""
    since = clock.now() - timedelta(days=DAYS)
    sent = select(MailRow.kind, func.count()).where(MailRow.state == MailState.SENT, MailRow.finished_at >= since)
    came = select(MailReturned.mail_kind, MailReturned.kind, func.count()).where(
        MailReturned.returned_on >= since.date(), MailReturned.mail_kind != ""
    )
    sent_by_kind = {row[0]: row[1] for row in session.execute(sent.group_by(MailRow.kind))}
    counts = {
        (mail, kind): n for mail, kind, n in session.execute(came.group_by(MailReturned.mail_kind, MailReturned.kind))
    }
    names = sorted(sent_by_kind.keys() | {mail for mail, _kind in counts})
    return [
        Rate(
            name, sent_by_kind.get(name, 0), counts.get((name, ReturnKind.HARD), 0),
            counts.get((name, ReturnKind.COMPLAINT), 0),
        )
        for name in names
    ]  # fmt: skip


def watch_rates() -> None:
    """Put up an alarm for each kind of which too much comes back, in the open transaction; take down the others."""
    about = [f"mail:{rate.mail_kind}" for rate in list_rates() if rate.is_too_much]
    end_alarms(AlarmKind.MAIL_RETURNS, besides=about)
    for one in about:
        raise_alarm(AlarmKind.MAIL_RETURNS, about=one)


def count_by_kind() -> dict[tuple[str, str], int]:
    """How many mails came back in the last 30 days, by their kind and the way in which they did."""
    rows = session.execute(
        select(MailReturned.mail_kind, MailReturned.kind, func.count()).group_by(
            MailReturned.mail_kind, MailReturned.kind
        )
    )
    return {(mail, kind): count for mail, kind, count in rows}
