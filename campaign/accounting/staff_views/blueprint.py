"""What the staff views of the accounts share."""

from typing import Any

from flask import Blueprint
from flask_login import current_user

from campaign.accounting import policy
from campaign.accounting.forms import words
from campaign.kernel.months import month_of
from campaign.web.guards import requires
from campaign.web.money_rooms import tabs_of_room
from campaign.web.steps import actor_id

bp = Blueprint("accounting_staff", __name__)
for_readers = requires(*policy.READERS)
for_keepers = requires(*policy.KEEPERS)


def shared_words() -> dict[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": words, "month_of": month_of, "tabs_of_room": tabs_of_room(), "me": actor_id(),
        "may_propose": policy.can_propose(current_user),
    }  # fmt: skip
