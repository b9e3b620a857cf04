"""What a view does around its one call of a service: who acts, what a refusal says, and one step with its answer."""

import uuid
from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound


def actor_id() -> uuid.UUID:
    """Who acts."""
    identity: uuid.UUID = current_user.id
    return identity


def told(problem: DomainError) -> str:
    """What a refusal says, in the reader's language, with the `values` it names if it has any."""
    values = getattr(problem, "values", {})
    return str(_(problem.message, **values)) if problem.message else str(_("This is not possible right now."))


def step(act: Callable[[], object], done: str, back: str, again: Callable[[str], str]) -> ResponseReturnValue:
    """One step in a transaction: back to a page with a word, or the page again with what stood in the way (409).

    What was read before is read anew for that page. NotFound passes through: there is no page to show again.
    """
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
