"""What the staff views of the accounts share."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounting import policy
from campaign.accounting.forms import words
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.months import month_of
from campaign.web.guards import requires
from campaign.web.money_rooms import tabs_of_room

bp = Blueprint("accounting_staff", __name__)
for_readers = requires(*policy.READERS)
for_keepers = requires(*policy.KEEPERS)


def actor_id() -> uuid.UUID:
    """Who acts."""
    identity: uuid.UUID = current_user.id
    return identity


def shared_words() -> dict[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": words, "month_of": month_of, "tabs_of_room": tabs_of_room(), "me": actor_id(),
        "may_propose": policy.can_propose(current_user),
    }  # fmt: skip


def told(problem: DomainError) -> str:
    """What a refusal says, in the reader's language."""
    return str(_(problem.message)) if problem.message else str(_("This is not possible right now."))


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
