"""What activities add to people's records: tasks done, given out to whoever did them, and opened again when they go."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from campaign.activities.models import Task
from campaign.activities.queries import list_tasks_of
from campaign.activities.queries.activity import days_of_tasks
from campaign.activities.service.tasks import let_go
from campaign.kernel.errors import N_
from campaign.kernel.registry_people import Happening, PersonalData, active_days, people_timelines, personal_data
from campaign.people.queries.person_page import find_volunteer_of

WORDS = {
    "kind": N_("Task"), "state": N_("State"), "claimed_until": N_("Yours until"), "done_on": N_("Done"),
    "translate_letter": N_("Translate a letter"), "transcribe_reply": N_("Copy out an answer"),
    "translate_reply": N_("Translate an answer"), "claimed": N_("yours now"), "submitted": N_("handed in"),
    "returned": N_("back for changes"), "done": N_("done"),
}  # fmt: skip


def register() -> None:
    """Fill the registries."""
    people_timelines.register("activities", list_lines)
    active_days.register("tasks", days_of_tasks)
    personal_data.register("activities", DATA)


def list_lines(person_id: uuid.UUID) -> Sequence[Happening]:
    """Tasks that were done."""
    return [
        Happening(task.done_on, "task", _("Done: %(task)s", task=_(WORDS.get(task.kind, task.kind))))
        for task in _tasks(person_id)
        if task.done_on is not None
    ]


def export(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What somebody took on and did; what it was about belongs to others."""
    names = ("kind", "state", "claimed_until", "done_on")
    return [{name: getattr(task, name) for name in names} for task in _tasks(person_id)]


def erase(person_id: uuid.UUID) -> int:
    """That it was them; what is not done is open to others again."""
    volunteer = find_volunteer_of(person_id)
    return 0 if volunteer is None else let_go(volunteer.id)


def _tasks(person_id: uuid.UUID) -> Sequence[Task]:
    volunteer = find_volunteer_of(person_id)
    return [] if volunteer is None else list_tasks_of(volunteer.id)


DATA = PersonalData(N_("Tasks you took on"), export, erase, WORDS)
