"""What the staff views of payments and payees share."""

from typing import Any

from flask import Blueprint
from flask_login import current_user

from campaign.payments import policy
from campaign.payments.forms import words
from campaign.payments.models import Payability, PaymentState
from campaign.web.guards import requires
from campaign.web.money_rooms import tabs_of_room

bp = Blueprint("payments_staff", __name__)
payees_bp = Blueprint("payees_staff", __name__)
for_readers = requires(*policy.READERS)
for_keepers = requires(*policy.KEEPERS)
LONGEST_SEARCH = 40


def shared_words() -> dict[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": words, "states": PaymentState, "payabilities": Payability,
        "may_keep": policy.can_keep(current_user), "tabs_of_room": tabs_of_room(),
    }  # fmt: skip
