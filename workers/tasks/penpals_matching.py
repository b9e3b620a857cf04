"""Handlers of the jobs on matching."""

import uuid
from datetime import timedelta

from campaign.penpals import jobs
from campaign.penpals.service.matching import accept, run
from workers.kinds import PATIENT, QUICK
from workers.queues import handles


@handles(jobs.RunMatching, retry=QUICK, limit=timedelta(minutes=5))
def run_matching(job: jobs.RunMatching) -> None:
    """One run, from its input to its proposal."""
    run.carry_out(uuid.UUID(job.run))


@handles(jobs.AcceptProposals, retry=PATIENT)
def accept_proposals(job: jobs.AcceptProposals) -> None:
    """The next lines of those that are accepted."""
    accept.accept_next(job)
