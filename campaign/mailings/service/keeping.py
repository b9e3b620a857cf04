"""What of mailings goes away by itself, and what stands still after a restored backup."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, select

from campaign.kernel.db import session
from campaign.mailings.models import Mailing, MailingRecipient, MailingState
from campaign.mailings.service.states import hold_back, move

KEPT_DAYS = 180


def forget_recipients(today: date) -> int:
    """Erase who got the mailings that ended so many days ago; their numbers stay."""
    before = datetime.combine(today - timedelta(days=KEPT_DAYS), time.min, UTC)
    over = select(Mailing.id).where(Mailing.finished_at < before)
    gone = delete(MailingRecipient).where(MailingRecipient.mailing_id.in_(over)).returning(MailingRecipient.id)
    return len(session.execute(gone).all())


def stand_still() -> None:
    """After a restored backup nothing leaves by itself: it would reach again whom it had reached since the backup."""
    left = select(Mailing).where(Mailing.state.in_([MailingState.SENDING, MailingState.APPROVED]))
    for found in session.scalars(left.order_by(Mailing.id).with_for_update()):
        if found.state == MailingState.SENDING:
            hold_back(found, "restored", actor=None)
            continue
        found.approved_by = None
        move(found, MailingState.PROPOSED, actor=None, reason="restored")
