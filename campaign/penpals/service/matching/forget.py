"""Old runs go: whom the matching brought together stands in the assignments, and the rest is nobody's business."""

from datetime import date, timedelta

from sqlalchemy import delete, func

from campaign.kernel.db import session
from campaign.penpals.models import MatchRun
from campaign.penpals.service.matching.ask import AT_WORK

KEPT_DAYS = 90


def forget_runs(today: date) -> int:
    """Delete the runs that were asked for more than KEPT_DAYS ago, with their lines; gives how many runs."""
    old = delete(MatchRun).where(
        func.date(MatchRun.asked_at) < today - timedelta(days=KEPT_DAYS), MatchRun.state.not_in(AT_WORK)
    )
    return len(session.execute(old.returning(MatchRun.id)).all())
