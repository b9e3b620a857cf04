"""Counting letters that people say they have sent: one press, one row, and nothing about who pressed."""

import uuid
from datetime import date, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from campaign.appeals.models import Appeal, AppealAddressee, AppealDelta, SpentStamp
from campaign.appeals.stamp import VALID, digest_of
from campaign.kernel import clock
from campaign.kernel.db import session

_ROLL_UP = text("""
WITH moved AS (
    DELETE FROM appeal_delta RETURNING appeal_id, target_id, day, amount
), counted AS (
    INSERT INTO appeal_sent (appeal_id, target_id, day, count)
    SELECT appeal_id, target_id, day, sum(amount) FROM moved GROUP BY 1, 2, 3
    ON CONFLICT (appeal_id, target_id, day) DO UPDATE SET count = appeal_sent.count + excluded.count
)
SELECT count(*) FROM moved
""")
# As in signing: two at once would wait for each other's rows in no fixed order.
ROLL_UP_LOCK = 0x_41_50_50_4C


def count_sent(appeal: Appeal, target_id: uuid.UUID, stamp: str) -> bool:
    """Add one to an appeal that takes letters, to one of its addressees; gives whether it was counted.

    Once for each stamp: a second press, or the page loaded again, adds nothing.
    """
    moment = clock.now()
    if not appeal.takes_letters(moment) or not _is_addressee(appeal.id, target_id):
        return False
    digest = digest_of(stamp, appeal.id, target_id, moment)
    if digest is None:
        return False
    spent = insert(SpentStamp).values(digest=digest, spent_on=clock.today()).on_conflict_do_nothing()
    if session.execute(spent.returning(SpentStamp.digest)).first() is None:
        return False
    session.add(AppealDelta(appeal_id=appeal.id, target_id=target_id, day=clock.today(), amount=1))
    session.flush()
    return True


def roll_up() -> int:
    """Move every waiting row into the sums, in the open transaction; gives how many. Any number may run at once."""
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": ROLL_UP_LOCK}):
        return 0
    return session.scalar(_ROLL_UP) or 0


def forget_stamps(today: date) -> int:
    """Delete digests of stamps that count no longer anyway."""
    before = today - VALID - timedelta(days=1)
    gone = delete(SpentStamp).where(SpentStamp.spent_on < before).returning(SpentStamp.spent_on)
    return len(session.execute(gone).all())


def _is_addressee(appeal_id: uuid.UUID, target_id: uuid.UUID) -> bool:
    found = select(AppealAddressee.target_id).where(
        AppealAddressee.appeal_id == appeal_id, AppealAddressee.target_id == target_id
    )
    return session.scalar(found) is not None
