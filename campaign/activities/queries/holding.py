"""Who has a task now."""

import uuid

from sqlalchemy import Select, and_, or_, select

from campaign.activities.models import Task, TaskState


def select_held_by(person_id: uuid.UUID | None, volunteer_id: uuid.UUID | None) -> Select[Task]:
    """What a person or a volunteer has: without an account it is what was offered to the person and is claimed."""
    with_account = Task.claimed_by == volunteer_id
    without = and_(Task.claimed_by.is_(None), Task.keeper_id.is_(None), Task.person_id == person_id)
    theirs = [without] * (person_id is not None) + [with_account] * (volunteer_id is not None)
    return select(Task).where(Task.state.in_((TaskState.CLAIMED, TaskState.RETURNED)), or_(*theirs))
