"""Who has a task now."""

import uuid

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from campaign.activities.models import Task, TaskState
from campaign.people.models import Volunteer


def select_held_by(person_id: uuid.UUID | None, volunteer_id: uuid.UUID | None) -> Select[Task]:
    """What a person or a volunteer has: without an account it is what was offered to the person and is claimed."""
    with_account = Task.claimed_by == volunteer_id
    without = and_(Task.claimed_by.is_(None), Task.keeper_id.is_(None), Task.person_id == person_id)
    theirs = [without] * (person_id is not None) + [with_account] * (volunteer_id is not None)
    return select(Task).where(Task.state.in_((TaskState.CLAIMED, TaskState.RETURNED)), or_(*theirs))


def doer() -> ColumnElement[uuid.UUID | None]:
    """Whose record did a task: the volunteer's who had it, else of the person without an account. With Volunteer joined
    from outside by `claimed_by`; none where staff did it."""
    return func.coalesce(Volunteer.person_id, Task.person_id)
