"""Background work of signatures."""

import uuid

from campaign.signatures.documents import render_pack
from campaign.signatures.jobs import MakePack
from campaign.signatures.service.pack import make_pack
from workers.kinds import QUICK
from workers.queues import handles


@handles(MakePack, retry=QUICK)
def make_delivery_pack(job: MakePack) -> None:
    """Make the file that a request left to us."""
    make_pack(uuid.UUID(job.pack_id), render_pack)
