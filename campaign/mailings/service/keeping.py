"""What of mailings goes away by itself, and what stands still after a restored backup."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, select

from campaign.kernel.db import session
from campaign.kernel.mail import batches
from campaign.mailings.models import UNDER_WAY, Mailing, MailingRecipient, MailingState
from campaign.mailings.service.states import RESTORED, hold_back, move
from campaign.mailings.service.write import note_event

KEPT_DAYS = 180


def forget_recipients(today: date) -> int:
    """Erase who got the mailings that ended so many days ago; their numbers stay."""
    before = datetime.combine(today - timedelta(days=KEPT_DAYS), time.min, UTC)
    over = select(Mailing.id).where(Mailing.finished_at < before)
    gone = delete(MailingRecipient).where(MailingRecipient.mailing_id.in_(over)).returning(MailingRecipient.id)
    return len(session.execute(gone).all())


def stand_still() -> None:
    """After a restored backup nothing leaves by itself: it would reach again whom it had reached since the backup."""
    left = select(Mailing).where(Mailing.state.in_([*UNDER_WAY, MailingState.APPROVED, MailingState.PROPOSED]))
    for found in session.scalars(left.order_by(Mailing.id).with_for_update()):
        if found.state in UNDER_WAY:
            _hold_for_good(found)
            continue
        found.proposed_by = found.approved_by = None
        move(found, MailingState.DRAFT, actor=None, reason=RESTORED)


def _hold_for_good(found: Mailing) -> None:
    # The batch of one whose mails are all gone is gone as well, and a restore must not fail by that.
    batches.open_batch(found.id)
    if found.state == MailingState.SENDING:
        hold_back(found, RESTORED, actor=None)
        return
    found.paused_reason = RESTORED
    batches.hold(found.id)
    note_event(found, was=found.state, actor=None, reason=RESTORED)
