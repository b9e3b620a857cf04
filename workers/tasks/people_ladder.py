"""Handlers of the jobs on the ladder."""

import uuid
from datetime import timedelta

from campaign.people import jobs
from campaign.people.service.ladder import count
from workers.kinds import PATIENT
from workers.queues import handles


@handles(jobs.CountLadder, retry=PATIENT, limit=timedelta(minutes=3))
def count_ladder(job: jobs.CountLadder) -> None:
    """Everybody of one audience."""
    count.count_now(uuid.UUID(job.count_id))
