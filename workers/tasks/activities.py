"""Handlers of the jobs on tasks."""

import uuid

from campaign.activities import jobs
from campaign.activities.service import giving
from workers.kinds import QUICK
from workers.queues import handles


@handles(jobs.GoOnWithGiving, retry=QUICK)
def go_on_with_giving(job: jobs.GoOnWithGiving) -> None:
    """The next part of one task for each of many people."""
    giving.go_on(uuid.UUID(job.giving))
