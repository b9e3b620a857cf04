"""Handlers of the jobs on gifts and pledges."""

import uuid

from campaign.gifts import jobs
from campaign.gifts.service import imports, rails
from workers.kinds import QUICK
from workers.queues import handles


@handles(jobs.MoveRail, retry=QUICK)
def move_rail(job: jobs.MoveRail) -> None:
    """The next donors of a rail that was closed."""
    rails.go_on(uuid.UUID(job.closing))


@handles(jobs.ImportGifts, retry=QUICK)
def import_gifts(job: jobs.ImportGifts) -> None:
    """The next rows of a file of gifts."""
    imports.go_on(uuid.UUID(job.import_id))
