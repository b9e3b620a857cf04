"""Acts in which many were asked: the list, and how far one is."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.models import Ask, AskRound, AskRoundPerson


def list_rounds(*, made_by: uuid.UUID | None, most: int = 50) -> Sequence[AskRound]:
    """The newest first; those of one person alone where it is given."""
    statement = select(AskRound).order_by(AskRound.made_at.desc(), AskRound.id)
    if made_by is not None:
        statement = statement.where(AskRound.made_by == made_by)
    return session.scalars(statement.limit(most)).all()


def get_round(round_id: uuid.UUID, *, made_by: uuid.UUID | None) -> AskRound:
    """One of them. Raises NotFound for another's where only one's own may be seen."""
    row = session.get(AskRound, round_id, populate_existing=True)
    if row is None or made_by not in (None, row.made_by):
        raise NotFound
    return row


def count_done(round_id: uuid.UUID) -> int:
    """To how many people it has come."""
    statement = select(func.count()).where(AskRoundPerson.round_id == round_id, AskRoundPerson.is_done)
    return session.scalar(statement) or 0


def list_left_out(round_id: uuid.UUID) -> list[tuple[str, int]]:
    """Why people were not asked when it came to them, and how many."""
    statement = (
        select(AskRoundPerson.hold, func.count())
        .where(AskRoundPerson.round_id == round_id, AskRoundPerson.hold != "")
        .group_by(AskRoundPerson.hold)
        .order_by(func.count().desc())
    )
    return [(hold, amount) for hold, amount in session.execute(statement)]


def list_answers(round_id: uuid.UUID) -> list[tuple[str, int]]:
    """What came of it: how many asks stand in each state."""
    statement = select(Ask.state, func.count()).where(Ask.round_id == round_id).group_by(Ask.state).order_by(Ask.state)
    return [(state, amount) for state, amount in session.execute(statement)]
