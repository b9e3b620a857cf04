"""What the clock does for who reads this site by program."""

from campaign.api.service import dump, noticing
from campaign.kernel.db import transaction
from campaign.web.settings import settings


def notice_news() -> int:
    """Note what is new in public, and owe it to the partners who want to be told."""
    with transaction():
        return noticing.notice()


def make_dumps() -> bool:
    """Make the dumps of today where they are missing, or hold somebody who has withdrawn."""
    config = settings()
    return dump.build_due(config.data_dir, config.public_url.rstrip("/"))
