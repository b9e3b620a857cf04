"""What the staff views of rounds share."""

from typing import Any

from flask import Blueprint
from flask_login import current_user

from campaign.kernel.money import Money
from campaign.rounds import policy
from campaign.rounds.forms import words
from campaign.rounds.models import ApplicationState, RoundState
from campaign.web.guards import requires
from campaign.web.money_rooms import tabs_of_room

bp = Blueprint("rounds_staff", __name__)
for_readers = requires(*policy.READERS)
for_enterers = requires(*policy.ENTERERS)
for_deciders = requires(*policy.DECIDERS)


def shared_words() -> dict[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": words, "states": RoundState, "application_states": ApplicationState, "money": Money,
        "may_enter": policy.can_enter(current_user), "may_decide": policy.can_decide(current_user),
        "tabs_of_room": tabs_of_room(),
    }  # fmt: skip
