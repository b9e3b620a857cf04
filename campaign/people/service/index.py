"""What the index of names needs of the database: that a restored one is read anew, and that no trace is kept long."""

from datetime import date, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.people.models import PeopleGone, PersonGone
from campaign.people.queries.name_index import RESTORED
from campaign.people.queries.report_counts import first_of_month, was_counted

GONE_DAYS = 2
"""Every process looks every few seconds; two days are for one that was stopped and goes on."""


def set_right() -> None:
    """After a restore: another cluster counts its transactions from elsewhere, and what went with the old state was
    never deleted. So every record is touched, and every index in memory told to begin again."""
    session.execute(text("UPDATE person SET changed_tx = 0"))
    session.execute(delete(PersonGone))
    sign = (
        "INSERT INTO person_gone (person_id, changed_tx, gone_on)"
        " VALUES (:restored, pg_current_xact_id()::text::bigint, :today)"
    )
    session.execute(text(sign), {"restored": RESTORED, "today": clock.today()})


def delete_old_traces(today: date) -> int:
    """Forget that records went, once every index has heard of it; how many by month stays, for the reports."""
    old = PersonGone.gone_on < today - timedelta(days=GONE_DAYS - 1)
    came, gone = first_of_month(PersonGone.since_on), first_of_month(PersonGone.gone_on)
    sums = select(func.least(came, gone), gone, func.count()).where(old, was_counted()).group_by(came, gone)
    added = insert(PeopleGone).from_select(["came_in", "gone_in", "amount"], sums)
    session.execute(
        added.on_conflict_do_update(
            index_elements=["came_in", "gone_in"], set_={"amount": PeopleGone.amount + added.excluded.amount}
        )
    )
    return len(session.execute(delete(PersonGone).where(old).returning(PersonGone.person_id)).all())
