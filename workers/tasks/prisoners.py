"""Handlers of the jobs on people in prison."""

import uuid

from campaign.prisoners import jobs
from campaign.prisoners.service.changes import follow
from workers.kinds import PATIENT
from workers.queues import handles


@handles(jobs.FollowChange, retry=PATIENT)
def follow_change(job: jobs.FollowChange) -> None:
    """One consequence of a change."""
    follow.follow(uuid.UUID(job.change), job.name)


@handles(jobs.TakeBack, retry=PATIENT)
def take_back(job: jobs.TakeBack) -> None:
    """One consequence of a change that is no longer so."""
    follow.take_back(uuid.UUID(job.change), job.name)
