"""That a task can be about a person."""

import uuid
from collections.abc import Mapping

from flask import url_for

from campaign.kernel.errors import N_
from campaign.kernel.registry_tasks import TaskSubject, task_subjects


def no_names(_ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Nothing: a name that is shown counts against an allowance, so pages that show one take it there."""
    return {}


def person_url(person_id: uuid.UUID) -> str:
    """Their page."""
    return url_for("person_staff.show_person", person_id=person_id)


PERSON = TaskSubject(N_("Person"), no_names, person_url, "/staff/people/")


def register() -> None:
    """Fill the registry."""
    task_subjects.register("person", PERSON)
