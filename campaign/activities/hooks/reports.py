"""What activities add to the reports: tasks done, and those that somebody has beside how many they offered."""

from sqlalchemy import literal, select

from campaign.activities.models import Task, TaskState
from campaign.activities.queries.holding import doer
from campaign.kernel.errors import N_
from campaign.kernel.registry_reports import Doing, Load, Rows, doings, loads
from campaign.people.models import Person, Volunteer


def done_tasks() -> Rows:
    """Whoever had a task when it was done."""
    return (
        select(doer(), Task.done_on, literal(1))
        .outerjoin_from(Task, Volunteer, Volunteer.id == Task.claimed_by)
        .where(Task.state == TaskState.DONE, Task.done_on.is_not(None))
    )


def held_tasks() -> Rows:
    """What somebody has now and has not handed in; since when is not kept, so the day it was asked for."""
    return select(Task.claimed_by, Task.created_on).where(
        Task.claimed_by.is_not(None), Task.state.in_((TaskState.CLAIMED, TaskState.RETURNED))
    )


def offered_tasks() -> Rows:
    """How many tasks a week somebody said they could take on."""
    return (
        select(Volunteer.id, Person.tasks_a_week)
        .join(Person, Person.id == Volunteer.person_id)
        .where(Person.tasks_a_week.is_not(None))
    )


def register() -> None:
    """Fill the registries."""
    doings.register("tasks", Doing(N_("Tasks done"), done_tasks, rank=50))
    loads.register("tasks", Load(N_("Tasks"), held_tasks, offered_tasks))
