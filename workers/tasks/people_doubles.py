"""Handler of the search for records of one person."""

import uuid

from campaign.people import jobs
from campaign.people.service import doubles
from workers.kinds import PATIENT
from workers.queues import handles


@handles(jobs.FindDoubles, retry=PATIENT)
def find_doubles(job: jobs.FindDoubles) -> None:
    """One batch of people."""
    doubles.find_some(uuid.UUID(job.run_id))
