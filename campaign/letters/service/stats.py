"""What is learned of letters that left: rebuilt every night from their states and the answers, by place and channel."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, delete, func, insert, literal, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.letters.models import GONE_OUT, Letter, LetterStat, LetterState, Reply
from campaign.letters.queries.statistics import LEAST_TO_SPEAK, YEAR


def rebuild() -> int:
    """Count the letters of the last 365 days anew, by the place they went to and the channel; gives how many rows.

    In one transaction with what reads them, so that nobody ever sees half of it.
    """
    session.execute(delete(LetterStat))
    columns = [each.name for each in LetterStat.__table__.columns]
    made = insert(LetterStat).from_select(columns, _counted(clock.today())).returning(LetterStat.channel)
    return len(session.execute(made).all())


def _counted(today: date) -> Select[*tuple[Any, ...]]:
    """The row of each place and channel, in the order of the table's columns."""
    answered = (
        select(Reply.letter_id, func.min(Reply.logged_on).label("on"))
        .where(Reply.letter_id.is_not(None))
        .group_by(Reply.letter_id)
        .subquery()
    )
    is_told = Letter.state == LetterState.REPORTED
    arrived_on = case((is_told, func.coalesce(Letter.outcome_on, answered.c.on)), else_=answered.c.on)
    took = arrived_on - Letter.dispatched_on
    known = func.count(took)
    median = func.percentile_disc(0.5).within_group(took)
    return (
        select(
            Letter.facility_id,
            Letter.channel,
            func.count(),
            *(_of(state) for state in _STATES),
            func.count(answered.c.letter_id),
            # Fewer say nothing of a place, and something of the few.
            case((known >= LEAST_TO_SPEAK, cast(median, Integer)), else_=None),
            literal(today),
        )
        .select_from(Letter)
        .outerjoin(answered, answered.c.letter_id == Letter.id)
        .where(
            Letter.state.in_(GONE_OUT), Letter.facility_id.is_not(None),
            Letter.dispatched_on > today - timedelta(days=YEAR),
        )
        .group_by(Letter.facility_id, Letter.channel)
    )  # fmt: skip


_STATES = (
    LetterState.REPORTED, LetterState.PRESUMED, LetterState.RETURNED, LetterState.CENSORED, LetterState.LOST,
)  # fmt: skip
"""In the order of the table's columns."""


def _of(state: LetterState) -> ColumnElement[int]:
    return func.count().filter(Letter.state == state)
