"""What the staff views of appeals share."""

import uuid
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.appeals import policy
from campaign.appeals.forms import staff_words as words
from campaign.kernel.errors import DomainError
from campaign.web.countries import country_name
from campaign.web.guards import requires
from campaign.web.i18n import current_language

bp = Blueprint("appeals_staff", __name__)
for_organisers = requires(*policy.ORGANISERS)


def actor_id() -> uuid.UUID:
    """Who acts."""
    identity: uuid.UUID = current_user.id
    return identity


def told(problem: DomainError) -> str:
    """What a refusal says, in the reader's language."""
    values = getattr(problem, "values", {})
    return str(_(problem.message, **values)) if problem.message else str(_("This is not possible right now."))


def back_to(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """The appeal's staff page."""
    return redirect(url_for("appeals_staff.show_appeal", appeal_id=appeal_id), 303)


def id_in(text: str | None) -> uuid.UUID | None:
    """An id that was sent; None for what is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def shared_words() -> dict[str, Any]:
    """What the templates call things."""
    language = current_language()
    return {"words": words, "language": language, "country_of": lambda code: country_name(code, language)}
