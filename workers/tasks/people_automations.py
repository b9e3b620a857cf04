"""Handlers of the jobs on automations."""

import uuid
from datetime import timedelta

from campaign.people import jobs
from campaign.people.service.automations import dry_run, run
from workers.kinds import PATIENT, QUICK
from workers.queues import handles


@handles(jobs.TryAutomation, retry=PATIENT, limit=timedelta(minutes=2))
def try_automation(job: jobs.TryAutomation) -> None:
    """What one rule would do."""
    dry_run.try_now(uuid.UUID(job.dry_run_id))


@handles(jobs.RunAutomation, retry=QUICK, limit=timedelta(minutes=2))
def run_automation(job: jobs.RunAutomation) -> None:
    """The next people of one rule."""
    run.run_some(uuid.UUID(job.automation_id), job.round, job.after)
