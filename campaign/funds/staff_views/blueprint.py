"""What the staff views of funds share."""

from typing import Any

from flask import Blueprint
from flask_login import current_user

from campaign.funds import policy
from campaign.funds.forms import words
from campaign.funds.models import FundState, GivingState, ProposalState, PublicLevel, RateImportState
from campaign.web.guards import requires
from campaign.web.money_rooms import tabs_of_room

bp = Blueprint("funds_staff", __name__)
for_readers = requires(*policy.READERS)
for_writers = requires(*policy.WRITERS)
for_book_readers = requires(*policy.BOOK_READERS)
for_keepers = requires(*policy.KEEPERS)
LONGEST_SEARCH = 100


def shared_words() -> dict[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": words, "states": FundState, "levels": PublicLevel, "giving_states": GivingState,
        "proposal_states": ProposalState, "import_states": RateImportState, "accounts": words.account_words(),
        "may_write": policy.can_write(current_user), "may_keep": policy.can_keep_books(current_user),
        "may_see_books": policy.can_see_books(current_user), "tabs_of_room": tabs_of_room(),
    }  # fmt: skip
