"""What the index of names needs of the database: that a restored one is read anew, and that no trace is kept long."""

from datetime import date, timedelta

from sqlalchemy import delete, text

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.people.models import PersonGone
from campaign.people.queries.name_index import RESTORED

GONE_DAYS = 2
"""Every process looks every few seconds; two days are for one that was stopped and goes on."""


def set_right() -> None:
    """After a restore: another cluster counts its transactions from elsewhere, and what went with the old state was
    never deleted. So every record is touched, and every index in memory told to begin again."""
    session.execute(text("UPDATE person SET changed_tx = 0"))
    session.execute(delete(PersonGone))
    sign = "INSERT INTO person_gone VALUES (:restored, pg_current_xact_id()::text::bigint, :today)"
    session.execute(text(sign), {"restored": RESTORED, "today": clock.today()})


def delete_old_traces(today: date) -> int:
    """Forget that records went, once every index has heard of it."""
    old = delete(PersonGone).where(PersonGone.gone_on < today - timedelta(days=GONE_DAYS - 1))
    return len(session.execute(old.returning(PersonGone.person_id)).all())
