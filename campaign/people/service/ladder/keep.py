"""What asks leave behind: given out, erased, moved when two records become one, and forgotten in time."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select, text

from campaign.kernel.db import session
from campaign.people.models import Ask, AskRest, AskRound, AskRoundPerson, AskState
from campaign.people.queries.ladder import list_asks

KEPT_DAYS, ROUND_DAYS = 730, 180
# An open question about one step is one row: the loser's closes where the winner has one.
_CLOSE_SECOND = text(
    "UPDATE ask SET state = 'lapsed', ended_on = CURRENT_DATE WHERE person_id = :loser AND state = 'asked'"
    " AND step IN (SELECT step FROM ask WHERE person_id = :winner AND state = 'asked')"
)
# Whoever was left in peace for longer under either record is so under both.
_REST_LONGEST = text(
    "UPDATE ask_rest SET until_on = both_.until_on FROM (SELECT"
    " CASE WHEN bool_or(until_on IS NULL) THEN NULL ELSE max(until_on) END AS until_on"
    " FROM ask_rest WHERE person_id IN (:winner, :loser)) AS both_ WHERE person_id IN (:winner, :loser)"
)


def close_second(winner: uuid.UUID, loser: uuid.UUID) -> None:
    """Before the asks of two records become those of one."""
    session.execute(_CLOSE_SECOND, {"winner": winner, "loser": loser})


def rest_longest(winner: uuid.UUID, loser: uuid.UUID) -> None:
    """Before what both said about being left in peace becomes one."""
    session.execute(_REST_LONGEST, {"winner": winner, "loser": loser})


def export(person_id: uuid.UUID) -> dict[str, Any]:
    """What somebody was asked for and said, and until when they want to be asked for nothing."""
    rest = session.get(AskRest, person_id)
    return {
        "asks": [
            {"step": each.step, "way": each.way, "state": each.state, "asked_on": each.asked_on,
             "ended_on": each.ended_on}
            for each in list_asks(person_id, limit=10_000)
        ],
        "rests_until": None if rest is None else rest.until_on or "for_good",
    }  # fmt: skip


def erase(person_id: uuid.UUID) -> int:
    """Forget it."""
    return sum(
        len(session.execute(delete(table).where(table.person_id == person_id).returning(table.person_id)).all())
        for table in (AskRoundPerson, AskRest, Ask)
    )


def forget_old(today: date) -> int:
    """Forget asks of two years ago; that somebody does not want to be asked for a step again stays with the record."""
    old = delete(Ask).where(Ask.asked_on < today - timedelta(days=KEPT_DAYS), Ask.state != AskState.NEVER)
    return len(session.scalars(old.returning(Ask.id)).all())


def forget_old_rounds(today: date) -> int:
    """Forget whom an act on many was about; what each was asked stays with them."""
    before = datetime.combine(today - timedelta(days=ROUND_DAYS), time.min, UTC)
    people = select(AskRound.id).where(AskRound.made_at < before)
    gone = delete(AskRoundPerson).where(AskRoundPerson.round_id.in_(people)).returning(AskRoundPerson.round_id)
    return len(session.scalars(gone).all())
