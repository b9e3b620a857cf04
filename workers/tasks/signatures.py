"""Handlers of the jobs on signatures."""

import uuid

from campaign.signatures import jobs
from campaign.signatures.documents import render_pack
from campaign.signatures.service import invalidate, pack, quarantine
from workers.kinds import PATIENT, QUICK
from workers.queues import handles


@handles(jobs.SetAside, retry=PATIENT)
def set_aside(job: jobs.SetAside) -> None:
    """One batch of an invalidation."""
    invalidate.set_aside_batch(uuid.UUID(job.invalidation))


@handles(jobs.UndoSetAside, retry=PATIENT)
def undo_set_aside(job: jobs.UndoSetAside) -> None:
    """One batch of an undo."""
    invalidate.undo_batch(uuid.UUID(job.invalidation))


@handles(jobs.ReleaseQuarantined, retry=PATIENT)
def release_quarantined(job: jobs.ReleaseQuarantined) -> None:
    """One batch of a quarantined group."""
    quarantine.release_batch(job)


@handles(jobs.MakePack, retry=QUICK)
def make_delivery_pack(job: jobs.MakePack) -> None:
    """Make the file that a request left to us."""
    pack.make_pack(uuid.UUID(job.pack_id), render_pack)
