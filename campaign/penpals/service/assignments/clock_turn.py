"""What time alone does: offers run out, the rhythm is looked at, pauses end, and what happened elsewhere is followed.

Every step looks for what is due and finds nothing more when it runs again.
"""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, Integer, func, literal, select, type_coerce

from campaign.kernel.db import session
from campaign.penpals.models import LIVE, Assignment, AssignmentState, EndReason, Health, Mark
from campaign.penpals.queries.addressees import find_addressee
from campaign.penpals.service.assignments.holding import hold_prisoner, release_prisoner
from campaign.penpals.service.assignments.mails import Tidings, tell, tell_leads
from campaign.penpals.service.assignments.moves import is_marked, mark, move
from campaign.penpals.service.assignments.reach import MOVING
from campaign.penpals.service.assignments.relieve import end_for_prisoner
from campaign.penpals.service.assignments.running import RUNNING, resume
from campaign.prisoners.queries.reach import Reach
from campaign.prisoners.service.situation import lock_prisoner

REMIND_BEFORE = timedelta(days=3)
_WRITES = Assignment.state.in_((AssignmentState.ACCEPTED, AssignmentState.ACTIVE))
_OFFERED = (Assignment.state == AssignmentState.OFFERED) & Assignment.held_since_on.is_(None)
ENDS_BY = {
    Reach.DIED: EndReason.DIED, Reach.FREE: EndReason.RELEASED, Reach.NO_LETTERS: EndReason.OTHER,
    Reach.FAMILY_ONLY: EndReason.OTHER,
}  # fmt: skip
"""Where somebody stands for whom nobody writes any more, and the reason that is given."""


def turn(today: date) -> dict[str, int]:
    """All that is due on that day; gives how many of each. Rows that somebody works on wait for the next turn."""
    return {
        "expired": expire(today), "reminded": remind(today), "resumed": end_pauses(today), "at_risk": watch(today),
        "lapsed": lapse(today),
    }  # fmt: skip


def expire(today: date) -> int:
    """Offers that nobody answered in time go back; nobody is blamed."""
    due = _due(_OFFERED & (Assignment.answer_by < today))
    for each in due:
        move(each, AssignmentState.EXPIRED, actor=None)
        tell(Tidings.EXPIRED, each)
    return len(due)


def remind(today: date) -> int:
    """One reminder three days before an offer runs out."""
    due = _due(_OFFERED & (Assignment.answer_by <= today + REMIND_BEFORE) & (Assignment.answer_by >= today))
    asked = [each for each in due if not is_marked(each.id, Mark.REMINDED)]
    for each in asked:
        mark(each, Mark.REMINDED)
        tell(Tidings.REMIND, each)
    return len(asked)


def end_pauses(today: date) -> int:
    """Pauses whose day has come end."""
    due = _due((Assignment.state == AssignmentState.PAUSED) & (Assignment.paused_until <= today))
    for each in due:
        resume(each.id, actor=None)
    return len(due)


def watch(today: date) -> int:
    """After one and a half times the promised rhythm without a letter: at risk, with one kind mail."""
    late = _days_late(today) * 2
    due = _due(_WRITES & (Assignment.health == Health.FINE) & (late > _promised()))
    for each in due:
        each.health = Health.AT_RISK
        mark(each, Mark.AT_RISK)
        tell(Tidings.NUDGE, each, turn=str(each.next_letter_on))
    return len(due)


def lapse(today: date) -> int:
    """After two and a half times it: lapsed; the prisoner's place is free for others, and the writer is told kindly."""
    late = _days_late(today) * 2
    due = _due(_WRITES & (Assignment.health != Health.LAPSED) & (late > _promised() * 3))
    for each in due:
        each.health = Health.LAPSED
        mark(each, Mark.LAPSED)
        tell(Tidings.LAPSED, each, turn=str(each.next_letter_on))
        if each.volunteer_id is not None:
            tell_leads(each, turn=f"lapsed {each.next_letter_on}")
    return len(due)


def list_live_prisoners() -> Sequence[uuid.UUID]:
    """Everybody of whom something lives."""
    return session.scalars(select(Assignment.prisoner_id).where(Assignment.state.in_(LIVE)).distinct()).all()


def settle(prisoner_id: uuid.UUID, today: date) -> int:
    """Let what lives of a prisoner follow where they are now, whoever wrote that down and how; gives how many moved.

    What acts do by their consequences finds nothing here; a stay that was corrected by hand does.
    """
    lock_prisoner(prisoner_id)
    found = find_addressee(prisoner_id, today)
    if found is None or found.reach in ENDS_BY:
        reason = EndReason.PAGE_WITHDRAWN if found is None else ENDS_BY[found.reach]
        return end_and_tell(prisoner_id, reason)
    if found.reach in MOVING:
        held = hold_prisoner(prisoner_id)
        for kept in held:
            _tell_held(uuid.UUID(kept["id"]))
        return len(held)
    return len(release_prisoner(prisoner_id))


def end_and_tell(prisoner_id: uuid.UUID, reason: EndReason, *, actor: uuid.UUID | None = None) -> int:
    """End all that lives of a prisoner, and lead whoever wrote to the page that says why."""
    ended = end_for_prisoner(prisoner_id, reason, actor=actor)
    for each, was in ended:
        if was in RUNNING:
            tell(Tidings.NEWS, each)
    return len(ended)


def _tell_held(assignment_id: uuid.UUID) -> None:
    each = session.get_one(Assignment, assignment_id)
    if each.state in RUNNING:
        tell(Tidings.HELD, each, turn=str(each.held_since_on))


def _days_late(today: date) -> ColumnElement[int]:
    # In PostgreSQL the difference of two days is a number of days.
    return type_coerce(literal(today, Date) - Assignment.next_letter_on, Integer)


def _promised() -> ColumnElement[int]:
    return func.coalesce(Assignment.promise_days, 0)


def _due(which: ColumnElement[bool]) -> Sequence[Assignment]:
    statement = select(Assignment).where(which).order_by(Assignment.id).with_for_update(skip_locked=True)
    return session.scalars(statement.execution_options(populate_existing=True)).all()
