"""Handlers of the jobs on lists of people."""

import uuid

from campaign.people import jobs
from campaign.people.service.imports import apply, check, undo
from workers.kinds import PATIENT
from workers.queues import handles


@handles(jobs.CheckPeopleImport, retry=PATIENT)
def check_people_import(job: jobs.CheckPeopleImport) -> None:
    """Some rows of a file."""
    check.check_some(uuid.UUID(job.import_id))


@handles(jobs.ApplyPeopleImport, retry=PATIENT)
def apply_people_import(job: jobs.ApplyPeopleImport) -> None:
    """One batch of a list."""
    apply.apply_batch(uuid.UUID(job.import_id))


@handles(jobs.UndoPeopleImport, retry=PATIENT)
def undo_people_import(job: jobs.UndoPeopleImport) -> None:
    """One batch of an undo."""
    undo.undo_batch(uuid.UUID(job.import_id))
