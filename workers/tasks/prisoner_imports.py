"""Handlers of the jobs on imports of people."""

import uuid

from campaign.prisoners import jobs
from campaign.prisoners.service.imports import apply, stage, undo
from workers.kinds import PATIENT
from workers.queues import handles


@handles(jobs.StageImport, retry=PATIENT)
def stage_import(job: jobs.StageImport) -> None:
    """Some rows of a file."""
    stage.stage_some(uuid.UUID(job.import_id))


@handles(jobs.ApplyImport, retry=PATIENT)
def apply_import(job: jobs.ApplyImport) -> None:
    """One batch of an import."""
    apply.apply_batch(uuid.UUID(job.import_id))


@handles(jobs.UndoImport, retry=PATIENT)
def undo_import(job: jobs.UndoImport) -> None:
    """One batch of an undo."""
    undo.undo_batch(uuid.UUID(job.import_id))
