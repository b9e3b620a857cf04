"""Handlers of the jobs on letters."""

from datetime import timedelta

from campaign.letters import documents, jobs
from campaign.letters.service import rendering
from workers.kinds import QUICK
from workers.queues import handles


@handles(jobs.RenderBatch, retry=QUICK, limit=timedelta(minutes=5))
def render_batch(job: jobs.RenderBatch) -> None:
    """The documents of the next part of a batch."""
    part = rendering.open_part(job)
    if part is not None:
        rendering.store_part(part, job.part, documents.render(part, job.language))
    rendering.go_on(job)
