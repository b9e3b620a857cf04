"""Forgetting that somebody got mailings."""

import uuid

from sqlalchemy import delete

from campaign.kernel.db import session
from campaign.mailings.models import MailingRecipient


def erase(person_id: uuid.UUID) -> int:
    """Take them out of every mailing, in the open transaction; a mail that waits finds nobody and never leaves."""
    gone = delete(MailingRecipient).where(MailingRecipient.person_id == person_id).returning(MailingRecipient.id)
    return len(session.execute(gone).all())
