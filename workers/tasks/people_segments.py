"""Handlers of the jobs on segments of people."""

import uuid
from datetime import timedelta

from campaign.people import jobs
from campaign.people.service.segments import count
from workers.kinds import PATIENT
from workers.queues import handles


@handles(jobs.CountSegment, retry=PATIENT, limit=timedelta(minutes=2))
def count_segment(job: jobs.CountSegment) -> None:
    """The people of one segment, for one audience."""
    count.count_now(uuid.UUID(job.count_id))
