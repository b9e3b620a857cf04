"""What stands in the way of proposing a mailing, as far as its texts go."""

from campaign.mailings.models import Mailing
from campaign.mailings.queries.mailings import texts_of


def problems_of(found: Mailing) -> list[str]:
    """Words of what is wrong; empty where nothing is."""
    texts = [each for each in texts_of(found.id).values() if each.body or each.subject]
    problems = ["no-text"] if not texts else []
    problems += ["incomplete" for each in texts if not each.body or not each.subject]
    if found.ab_share:
        problems += ["no-second-subject" for each in texts if not each.subject_b]
    return problems
