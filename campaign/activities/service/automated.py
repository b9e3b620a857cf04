"""Tasks that rules of automations give: one to each person, under the rules by which many are given one."""

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from campaign.activities.models import GivenOutcome, Task, TaskKind, TaskState
from campaign.activities.models.tasks import LONGEST_TASK_TITLE
from campaign.activities.service.giving import outcomes_for
from campaign.activities.service.task_desk import TaskDraft, make_task, withdraw_offers
from campaign.activities.service.task_offers import ask
from campaign.activities.service.tasks import move
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.registry_automations import Order
from campaign.kernel.text import one_line

GAP = 14
"""Days in which somebody was asked for nothing else."""

Values = Mapping[str, Any]
People = Collection[uuid.UUID]


def give(values: Values, people: People, order: Order) -> Mapping[uuid.UUID, dict[str, Any]]:
    """Make a task for each and ask them by mail. Raises Conflict where one of them may not be asked by now."""
    if left_out(values, people):
        raise Conflict(N_("This person is not to be asked for a task now."))
    due = clock.today() + timedelta(days=values["days"]) if values["days"] else None
    draft = TaskDraft(TaskKind(values["kind"]), one_line(values["title"], LONGEST_TASK_TITLE), due_on=due)
    memory = {}
    for person in sorted(people):
        task = make_task(draft, actor=order.actor)
        ask(task, person, actor=order.actor)
        memory[person] = {"task": str(task.id)}
    return memory


def take_back(_values: Values, memory: Mapping[uuid.UUID, dict[str, Any]]) -> Collection[uuid.UUID]:
    """Cancel those that nobody has begun."""
    ids = {uuid.UUID(was["task"]): person for person, was in memory.items()}
    waiting = (Task.id.in_(ids), Task.state == TaskState.OPEN)
    found = select(Task).where(*waiting).order_by(Task.id).with_for_update()
    back = []
    for task in session.scalars(found.execution_options(populate_existing=True)):
        withdraw_offers(task, keeps_person=True)
        move(task, TaskState.CANCELLED, "withdrawn")
        back.append(ids[task.id])
    return back


def left_out(values: Values, people: People) -> Mapping[uuid.UUID, str]:
    """Who is not to be given one now, by a word of GivenOutcome."""
    outcomes = outcomes_for(values["kind"], GAP, people)
    return {person: outcome for person, outcome in outcomes.items() if outcome != GivenOutcome.GIVEN}
