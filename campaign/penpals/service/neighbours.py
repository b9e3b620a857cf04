"""What groups ask of assignments and of the attention ledger, in one place."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.penpals.models import Assignment, AssignmentState, GroupTurn
from campaign.penpals.service import assignments, posted

RUNNING = (AssignmentState.ACCEPTED, AssignmentState.ACTIVE, AssignmentState.PAUSED)


def note_written(turn: GroupTurn, assignment: Assignment, on: date, *, actor: uuid.UUID | None) -> None:
    """Count the letter of a turn, and let the next be promised from that day on: by the group, and by whoever wrote it
    where they were given the person."""
    is_new = posted.record_posted(assignment.prisoner_id, turn.volunteer_id, on)
    for each in _running(turn, assignment):
        assignments.note_told(each, on, is_new=is_new, actor=actor)


def take_back_written(turn: GroupTurn, assignment: Assignment, on: date, *, actor: uuid.UUID | None) -> bool:
    """The letter of a turn did not go out on that day after all; False when another day has begun, and all stays.

    It counts no more, unless a code tells of it too, and the days of the last and the next letter are what they were.
    The turn says no longer that it was written (its state is changed and flushed) before this is called.
    """
    undone = 0
    for each in _running(turn, assignment):
        undone += assignments.undo_note_of(each, on, actor=actor)
    if not undone:
        return False
    if not posted.is_told_elsewhere(assignment.prisoner_id, turn.volunteer_id, on):
        posted.forget_posted(assignment.prisoner_id, turn.volunteer_id, on)
    return True


def _running(turn: GroupTurn, assignment: Assignment) -> Sequence[uuid.UUID]:
    theirs = select(Assignment.id).where(
        Assignment.prisoner_id == assignment.prisoner_id, Assignment.group_id == assignment.group_id,
        Assignment.state.in_(RUNNING),
        Assignment.volunteer_id.is_(None) | (Assignment.volunteer_id == turn.volunteer_id),
    )  # fmt: skip
    return session.scalars(theirs.order_by(Assignment.id)).all()
