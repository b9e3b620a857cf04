"""What groups ask of the other parts of pen-pals, in one place."""

import uuid
from datetime import date

from sqlalchemy import ColumnElement, update

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import (
    LIVE,
    Assignment,
    AssignmentEvent,
    AssignmentState,
    AttentionSource,
    Counted,
    EndReason,
)
from campaign.penpals.service import attention


def relieve_writer(
    volunteer_id: uuid.UUID, reason: EndReason, *, group_id: uuid.UUID, actor: uuid.UUID | None
) -> None:  # fmt: skip
    """End what somebody writes within a group."""
    _end(reason, actor, Assignment.volunteer_id == volunteer_id, Assignment.group_id == group_id)


def relieve_group(group_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Hand the prisoners of a group back, and those its writers were given in it."""
    _end(EndReason.GROUP_CLOSED, actor, Assignment.group_id == group_id)


def note_letter(assignment_id: uuid.UUID, on: date) -> None:
    """A letter to a group's prisoner went out."""
    session.execute(update(Assignment).where(Assignment.id == assignment_id).values(last_letter_on=on))


def record_letter(prisoner_id: uuid.UUID, turn_id: uuid.UUID, on: date) -> None:
    """Count the letter of a turn for its prisoner."""
    attention.record(prisoner_id, AttentionSource.LETTER, turn_id, Counted.UNDER_WAY, on)


def give_to_group(prisoner_id: uuid.UUID, group_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Give a prisoner to a group as a whole."""
    today = clock.today()
    made = Assignment(
        id=uuid.uuid4(), prisoner_id=prisoner_id, group_id=group_id, state=AssignmentState.ACTIVE, created_by=actor,
        created_on=today, accepted_on=today,
    )  # fmt: skip
    session.add(made)
    session.flush()


def _end(reason: EndReason, actor: uuid.UUID | None, *which: ColumnElement[bool]) -> None:
    today = clock.today()
    ended = session.execute(
        update(Assignment)
        .where(Assignment.state.in_(LIVE), *which)
        .values(state=AssignmentState.ENDED, end_reason=reason, ended_on=today)
        .returning(Assignment.id)
    )
    for each in ended.scalars().all():
        session.add(
            AssignmentEvent(
                assignment_id=each, was=AssignmentState.ACTIVE, now=AssignmentState.ENDED, actor_id=actor,
                happened_on=today, reason=reason,
            )
        )  # fmt: skip
    session.flush()
