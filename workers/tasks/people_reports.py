"""Handler of the figures of the reports."""

import uuid

from campaign.people import jobs
from campaign.people.service.reports import count
from workers.kinds import PATIENT
from workers.queues import handles


@handles(jobs.CountReport, retry=PATIENT)
def count_report(job: jobs.CountReport) -> None:
    """The figures for one audience."""
    count.count_now(uuid.UUID(job.report_id))
