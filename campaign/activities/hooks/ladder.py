"""What tasks add to the ladder: who has taken on as many as they said they can is asked for nothing new."""

import uuid
from typing import Any

from sqlalchemy import Select, func, select

from campaign.activities.models import Task, TaskState
from campaign.kernel.errors import N_
from campaign.kernel.registry_ladder import AskHold, ask_holds
from campaign.people.models import Person, Volunteer

MANY = 3
"""Of somebody who was never asked how many."""


def people_with_many() -> Select[uuid.UUID]:
    """Whoever has as many tasks now as they take on in a week, or more."""
    has: Select[Any] = (
        select(Volunteer.person_id)
        .join(Task, Task.claimed_by == Volunteer.id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(Task.state.in_((TaskState.CLAIMED, TaskState.RETURNED)))
        .group_by(Volunteer.person_id, Person.tasks_a_week)
        .having(func.count() >= func.greatest(func.coalesce(Person.tasks_a_week, MANY), 1))
    )
    return has


HOLD = AskHold("has_tasks", N_("have taken on as many tasks as they can"), people_with_many)


def register() -> None:
    """Fill the registry."""
    ask_holds.register(HOLD.name, HOLD)
