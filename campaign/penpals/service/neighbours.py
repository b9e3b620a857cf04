"""What groups ask of assignments and of the attention ledger, in one place."""

import uuid
from datetime import date

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.penpals.models import Assignment, AssignmentState, AttentionSource, Counted, GroupTurn
from campaign.penpals.service import assignments, attention

RUNNING = (AssignmentState.ACCEPTED, AssignmentState.ACTIVE, AssignmentState.PAUSED)


def note_written(turn: GroupTurn, assignment: Assignment, on: date, *, actor: uuid.UUID | None) -> None:
    """Count the letter of a turn, and let the next be promised from that day on: by the group, and by whoever wrote it
    where they were given the person."""
    attention.record(assignment.prisoner_id, AttentionSource.LETTER, turn.id, Counted.UNDER_WAY, on)
    theirs = select(Assignment.id).where(
        Assignment.prisoner_id == assignment.prisoner_id, Assignment.group_id == assignment.group_id,
        Assignment.state.in_(RUNNING),
        Assignment.volunteer_id.is_(None) | (Assignment.volunteer_id == turn.volunteer_id),
    )  # fmt: skip
    for each in session.scalars(theirs.order_by(Assignment.id)).all():
        assignments.note_letter(each, on, actor=actor)
