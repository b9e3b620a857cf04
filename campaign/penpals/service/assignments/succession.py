"""Nobody is dropped: who takes over from whom, and who still waits for somebody."""

import uuid

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.penpals.models import Assignment, AssignmentState, EndReason, Mark
from campaign.penpals.queries.succession import needs_successor
from campaign.penpals.service.assignments.errors import NotThatStep
from campaign.penpals.service.assignments.moves import is_marked, locked, mark, note_staff

OVER_FOR_GOOD = frozenset({EndReason.RELEASED, EndReason.DIED, EndReason.PAGE_WITHDRAWN})
"""Ends after which nobody is to write."""


def find_predecessor(prisoner_id: uuid.UUID, *, of_group: bool) -> uuid.UUID | None:
    """The one that has waited longest for a successor, of that level, lapsed ones first; None where none waits."""
    level = Assignment.volunteer_id.is_(None) if of_group else Assignment.volunteer_id.is_not(None)
    statement = select(Assignment.id).where(Assignment.prisoner_id == prisoner_id, level, needs_successor())
    by_wait = (Assignment.ended_on.nulls_first(), Assignment.last_letter_on.nulls_first(), Assignment.id)
    return session.scalar(statement.order_by(*by_wait).limit(1))


def ask_successor(assignment: Assignment, actor: uuid.UUID | None) -> None:
    """Let leads and coordinators see that somebody is to take over, unless nobody is to write any more."""
    if assignment.end_reason not in OVER_FOR_GOOD:
        mark(assignment, Mark.SUCCESSOR_ASKED, actor)


def settle_succession(assignment_id: uuid.UUID, *, actor: uuid.UUID, reason: str) -> None:
    """Say that nobody needs to take over. Doing it twice does it once. Raises NotFound and NotThatStep."""
    assignment = locked(assignment_id)
    if assignment.state != AssignmentState.ENDED:
        raise NotThatStep(N_("It has not ended, so nobody is to take over."))
    if not is_marked(assignment_id, Mark.SUCCESSOR_SETTLED):
        mark(assignment, Mark.SUCCESSOR_SETTLED, actor)
        note_staff("succession_settled", assignment, actor, reason)


def ask_for_another(assignment_id: uuid.UUID, *, actor: uuid.UUID | None) -> bool:
    """Remember that the writer would like to write to somebody else; False when it is remembered already."""
    assignment = locked(assignment_id)
    if is_marked(assignment_id, Mark.ANOTHER_ASKED):
        return False
    mark(assignment, Mark.ANOTHER_ASKED, actor)
    return True
