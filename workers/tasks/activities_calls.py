"""Handlers of the jobs on call lists."""

import uuid

from campaign.activities import jobs
from campaign.activities.service import calls_filling
from workers.kinds import QUICK
from workers.queues import handles


@handles(jobs.FillCallList, retry=QUICK)
def fill_call_list(job: jobs.FillCallList) -> None:
    """The next people of one filling."""
    calls_filling.go_on(uuid.UUID(job.fill_id))
