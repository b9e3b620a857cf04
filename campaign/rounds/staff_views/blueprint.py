"""What the staff views of rounds share."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
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


def actor_id() -> uuid.UUID:
    """Who acts."""
    identity: uuid.UUID = current_user.id
    return identity


def told(problem: DomainError) -> str:
    """What a refusal says, in the reader's language."""
    return str(_(problem.message)) if problem.message else str(_("This is not possible right now."))


def shared_words() -> dict[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": words, "states": RoundState, "application_states": ApplicationState, "money": Money,
        "may_enter": policy.can_enter(current_user), "may_decide": policy.can_decide(current_user),
        "tabs_of_room": tabs_of_room(),
    }  # fmt: skip


def step(act: Callable[[], object], done: str, back: str, again: Callable[[str], str]) -> ResponseReturnValue:
    """One step in a transaction: back to a page with a word, or the page again with what stood in the way."""
    try:
        with transaction():
            act()
    except NotFound:
        raise
    except DomainError as problem:
        session.expire_all()
        return again(told(problem)), 409
    flash(done)
    return redirect(back, 303)
