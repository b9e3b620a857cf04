"""Finds work whose ring was lost, and what dead workers held."""

from campaign.kernel import jobs
from campaign.kernel.db import end_read
from campaign.kernel.doorbell import doorbell
from campaign.kernel.mail import delivery, rows


def sweep() -> None:
    """Recover expired leases, end overdue mail, and ring for every lane and queue with due work."""
    delivery.sweep()
    lanes, has_jobs = rows.lanes_with_due_mail(), jobs.has_due()
    end_read()
    for lane in lanes:
        doorbell.press(lane.queue)
    if has_jobs:
        doorbell.press(jobs.QUEUE)
