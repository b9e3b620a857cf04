"""The handler of the job on mail that came back."""

import uuid
from datetime import timedelta

from campaign.kernel.mail.returns.jobs import SettleReturn
from campaign.kernel.mail.returns.settle import settle
from workers.kinds import PATIENT
from workers.queues import handles


@handles(SettleReturn, retry=PATIENT, limit=timedelta(minutes=1))
def settle_return(job: SettleReturn) -> None:
    """Read one message and do what follows."""
    settle(uuid.UUID(job.row))
