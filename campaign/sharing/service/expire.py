"""What goes away by itself."""

from datetime import date, timedelta

from sqlalchemy import delete

from campaign.kernel.db import session
from campaign.sharing.models import ShareCode

KEPT_DAYS = 365


def delete_ended(today: date) -> int:
    """Delete the codes that ended a year ago, with their numbers; gives how many."""
    due = delete(ShareCode).where(ShareCode.ended_on <= today - timedelta(days=KEPT_DAYS))
    return len(session.execute(due.returning(ShareCode.id)).all())
