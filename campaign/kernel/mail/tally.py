"""How many mails of a kind went out: rows of sent mails live a week, and a number a day outlives them."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Date, Delete, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base, session
from campaign.kernel.mail.rows import MailRow, MailState

KEPT_DAYS = 60


class MailDay(Base):
    """Mails of one kind that were sent on a day and whose rows are gone."""

    __tablename__ = "mail_day"

    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int]


def keep_tally(gone: Delete, today: date) -> int:
    """Run a deletion of mail rows, adding what was sent among them to its days; gives how many went."""
    session.execute(delete(MailDay).where(MailDay.day < today - timedelta(days=KEPT_DAYS)))
    day = cast(func.timezone("UTC", MailRow.finished_at), Date)
    rows = gone.returning(MailRow.kind, MailRow.state, day.label("day")).cte("gone")
    sent = select(rows.c.kind, rows.c.day, func.count()).where(rows.c.state == MailState.SENT).group_by("kind", "day")
    added = insert(MailDay).from_select(["kind", "day", "amount"], sent)
    added = added.on_conflict_do_update(
        index_elements=["kind", "day"], set_={"amount": MailDay.amount + added.excluded.amount}
    )
    kept = added.returning(MailDay.kind).cte("kept")
    return session.scalar(select(func.count()).select_from(rows).add_cte(kept)) or 0


def count_sent(today: date, days: int) -> dict[str, int]:
    """How many of each kind were sent in the last days, by kind."""
    since = today - timedelta(days=days)
    told = select(MailDay.kind, func.sum(MailDay.amount)).where(MailDay.day >= since).group_by(MailDay.kind)
    here = select(MailRow.kind, func.count()).where(
        MailRow.state == MailState.SENT, MailRow.finished_at >= datetime.combine(since, time(), UTC)
    )
    counts: dict[str, int] = {}
    for kind, amount in [*session.execute(told), *session.execute(here.group_by(MailRow.kind))]:
        counts[kind] = counts.get(kind, 0) + int(amount)
    return counts
