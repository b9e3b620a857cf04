"""What the staff views of appeals share."""

import uuid
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign.appeals import policy
from campaign.appeals.forms import staff_words as words
from campaign.web.countries import country_name
from campaign.web.guards import requires
from campaign.web.i18n import current_language

bp = Blueprint("appeals_staff", __name__)
for_organisers = requires(*policy.ORGANISERS)


def back_to(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """The appeal's staff page."""
    return redirect(url_for("appeals_staff.show_appeal", appeal_id=appeal_id), 303)


def shared_words() -> dict[str, Any]:
    """What the templates call things."""
    language = current_language()
    return {"words": words, "language": language, "country_of": lambda code: country_name(code, language)}
