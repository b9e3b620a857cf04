"""Handlers of the jobs on mailings."""

import uuid
from datetime import timedelta

from campaign.mailings import jobs
from campaign.mailings.service import counting, sending, watching
from workers.kinds import PATIENT, QUICK
from workers.queues import handles


@handles(jobs.CountAudience, retry=PATIENT, limit=timedelta(minutes=5))
def count_audience(job: jobs.CountAudience) -> None:
    """How many would get it."""
    counting.count_now(uuid.UUID(job.mailing_id))


@handles(jobs.StartMailing, retry=QUICK, limit=timedelta(minutes=3))
def start_mailing(job: jobs.StartMailing) -> None:
    """Its moment has come."""
    sending.start(uuid.UUID(job.mailing_id))


@handles(jobs.FanOut, retry=QUICK, limit=timedelta(minutes=3))
def fan_out(job: jobs.FanOut) -> None:
    """The next page of people."""
    sending.fan_out(uuid.UUID(job.mailing_id))


@handles(jobs.EndStopped, retry=QUICK, limit=timedelta(minutes=3))
def end_stopped(job: jobs.EndStopped) -> None:
    """The next mails of one that was stopped."""
    sending.end_stopped(uuid.UUID(job.mailing_id))


@handles(jobs.WatchMailing, retry=QUICK, limit=timedelta(minutes=3))
def watch_mailing(job: jobs.WatchMailing) -> None:
    """What came back of it."""
    watching.watch(uuid.UUID(job.mailing_id))
