"""While somebody is on the way, or where nobody knows: nothing is due and no offer runs out."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.penpals.models import LIVE, Assignment, AssignmentState, Mark
from campaign.penpals.service.assignments.moves import be_in_time, locked, mark, promise_from_today


def hold(assignment_id: uuid.UUID, *, actor: uuid.UUID | None = None) -> bool:
    """Hold one; False when it is held, or over."""
    return _hold(locked(assignment_id), actor)


def release(assignment_id: uuid.UUID, *, actor: uuid.UUID | None = None) -> bool:
    """Let one go on: whoever was asked gets the days back, letters are promised from today; False when not held."""
    return _release(locked(assignment_id), actor)


def hold_prisoner(prisoner_id: uuid.UUID, *, actor: uuid.UUID | None = None) -> list[dict[str, Any]]:
    """Hold all that lives of a prisoner; gives what undoing it needs, one entry for each that was held now."""
    held = []
    for each in list_live(prisoner_id):
        before = {"id": str(each.id), "next": _text(each.next_letter_on), "health": each.health}
        if _hold(each, actor):
            held.append(before)
    return held


def release_prisoner(prisoner_id: uuid.UUID, *, actor: uuid.UUID | None = None) -> list[dict[str, Any]]:
    """Let all go on that is held of a prisoner; gives what undoing it needs."""
    freed = []
    for each in list_live(prisoner_id):
        before = {"id": str(each.id), "since": _text(each.held_since_on), "answer_by": _text(each.answer_by)}
        if _release(each, actor):
            freed.append(before)
    return freed


def unhold(memory: Sequence[dict[str, Any]], actor: uuid.UUID | None = None) -> int:
    """Take a hold back as if it had not been; what others changed since stays."""
    amount = 0
    for kept in memory:
        each = session.get(Assignment, uuid.UUID(kept["id"]), with_for_update=True, populate_existing=True)
        if each is None or each.state not in LIVE or each.held_since_on is None:
            continue
        each.held_since_on = None
        if each.state in {AssignmentState.ACCEPTED, AssignmentState.ACTIVE} and each.next_letter_on is None:
            each.next_letter_on, each.health = _day(kept["next"]), kept["health"]
            if each.next_letter_on is None:
                promise_from_today(each)
        mark(each, Mark.FREED, actor)
        amount += 1
    return amount


def hold_again(memory: Sequence[dict[str, Any]], actor: uuid.UUID | None = None) -> int:
    """Take a release back; what others changed since stays."""
    amount = 0
    for kept in memory:
        each = session.get(Assignment, uuid.UUID(kept["id"]), with_for_update=True, populate_existing=True)
        if each is None or not _hold(each, actor):
            continue
        each.held_since_on = _day(kept["since"])
        if each.state == AssignmentState.OFFERED:
            each.answer_by = _day(kept["answer_by"])
        session.flush()
        amount += 1
    return amount


def list_live(prisoner_id: uuid.UUID) -> Sequence[Assignment]:
    """All that lives of a prisoner, locked, in the order in which everybody locks them."""
    statement = select(Assignment).where(Assignment.prisoner_id == prisoner_id, Assignment.state.in_(LIVE))
    statement = statement.order_by(Assignment.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).all()


def locked_with_others(assignment_id: uuid.UUID) -> Assignment:
    """One of them under its lock, after the locks of all that lives of its prisoner. Raises NotFound."""
    prisoner_id = session.scalar(select(Assignment.prisoner_id).where(Assignment.id == assignment_id))
    if prisoner_id is None:
        raise NotFound
    list_live(prisoner_id)
    return locked(assignment_id)


def _hold(assignment: Assignment, actor: uuid.UUID | None) -> bool:
    if assignment.held_since_on is not None or assignment.state not in LIVE:
        return False
    assignment.held_since_on = clock.today()
    assignment.next_letter_on = None
    be_in_time(assignment)
    mark(assignment, Mark.HELD, actor)
    return True


def _release(assignment: Assignment, actor: uuid.UUID | None) -> bool:
    if assignment.held_since_on is None or assignment.state not in LIVE:
        return False
    days = max(clock.today() - assignment.held_since_on, timedelta())
    assignment.held_since_on = None
    if assignment.answer_by is not None and assignment.state == AssignmentState.OFFERED:
        assignment.answer_by += days
    promise_from_today(assignment)
    mark(assignment, Mark.FREED, actor)
    return True


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
