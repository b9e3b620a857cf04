"""What the staff views of statements share."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask_login import current_user

from campaign.banking import policy
from campaign.banking.forms import words
from campaign.banking.models import LineState, StatementState
from campaign.banking.service.reading import BadStatement
from campaign.funds.forms.words import account_words
from campaign.kernel.errors import DomainError
from campaign.kernel.money import Money
from campaign.web import steps
from campaign.web.guards import requires
from campaign.web.money_rooms import tabs_of_room

bp = Blueprint("banking_staff", __name__)
for_readers = requires(*policy.READERS)
for_keepers = requires(*policy.KEEPERS)


def told(problem: DomainError) -> str:
    """What a refusal says, in the reader's language; of a file, with what it names put into words too."""
    if isinstance(problem, BadStatement):
        return words.problem_words({"message": problem.message, "values": problem.values})
    return steps.told(problem)


def shared_words() -> Mapping[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": words, "states": StatementState, "line_states": LineState, "money": Money,
        "may_keep": policy.can_keep(current_user), "tabs_of_room": tabs_of_room(), "account_words": account_words(),
    }  # fmt: skip
