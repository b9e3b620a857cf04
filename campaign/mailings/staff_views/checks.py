"""What stands in the way of proposing a mailing, as far as its texts go."""

from campaign.mailings.models import Mailing
from campaign.mailings.service.text.findings import Level, check_mailing


def problems_of(found: Mailing) -> list[str]:
    """What is wrong, as messages of the catalogue; empty where nothing is. Its page says it with language and line."""
    return [each.message for each in check_mailing(found) if each.level is Level.ERROR]
