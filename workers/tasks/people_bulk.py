"""Handlers of the jobs on people's records."""

import uuid

from campaign.people import jobs
from campaign.people.service import bulk
from workers.kinds import QUICK
from workers.queues import handles


@handles(jobs.GoOnWithAct, retry=QUICK)
def go_on_with_act(job: jobs.GoOnWithAct) -> None:
    """The next part of an act on many people."""
    bulk.go_on(uuid.UUID(job.act))
