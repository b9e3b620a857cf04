"""Handlers of the jobs on letters."""

import uuid
from datetime import timedelta

from campaign.letters import documents, jobs
from campaign.letters.service import rendering, reply_scans
from workers.kinds import QUICK
from workers.queues import handles


@handles(jobs.RenderBatch, retry=QUICK, limit=timedelta(minutes=5))
def render_batch(job: jobs.RenderBatch) -> None:
    """The documents of the next part of a batch."""
    part = rendering.open_part(job)
    if part is not None:
        rendering.store_part(part, job.part, documents.render(part, job.language))
    rendering.go_on(job)


@handles(jobs.DrawScans, retry=QUICK, limit=timedelta(minutes=5))
def draw_scans(job: jobs.DrawScans) -> None:
    """The pages of the next file of an answer."""
    reply_scans.draw_next(uuid.UUID(job.reply))
