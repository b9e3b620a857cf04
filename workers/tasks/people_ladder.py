"""Handlers of the jobs on the ladder."""

import uuid
from datetime import timedelta

from campaign.people import jobs
from campaign.people.service.ladder import count, rounds
from workers.kinds import PATIENT
from workers.queues import handles


@handles(jobs.CountLadder, retry=PATIENT, limit=timedelta(minutes=3))
def count_ladder(job: jobs.CountLadder) -> None:
    """Everybody of one audience."""
    count.count_now(uuid.UUID(job.count_id))


@handles(jobs.GoOnWithAsks, retry=PATIENT, limit=timedelta(minutes=3))
def go_on_with_asks(job: jobs.GoOnWithAsks) -> None:
    """The next part of an act on many."""
    rounds.go_on(uuid.UUID(job.round_id))
