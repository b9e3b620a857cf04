"""Handlers of the jobs of the API."""

import uuid
from datetime import timedelta

from campaign.api import jobs
from campaign.api.service import delivering
from campaign.web.settings import settings
from workers.kinds import QUICK
from workers.queues import handles


@handles(jobs.Deliver, retry=QUICK, limit=timedelta(minutes=1), opens_own=True)
def deliver(job: jobs.Deliver) -> None:
    """Tell a webhook."""
    delivering.deliver(uuid.UUID(job.delivery_id), settings().public_url.rstrip("/"))
