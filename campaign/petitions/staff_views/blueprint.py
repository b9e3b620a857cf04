"""What the staff views of petitions share."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.errors import DomainError
from campaign.petitions.policy import ORGANISERS, SCOPE
from campaign.web.guards import requires_in

bp = Blueprint("petitions_staff", __name__)
for_organisers = requires_in(SCOPE, "petition_id", *ORGANISERS)


def actor_id() -> uuid.UUID:
    """Who acts."""
    identity: uuid.UUID = current_user.id
    return identity


def told(problem: DomainError) -> str:
    """What a refusal says, in the reader's language."""
    return str(_(problem.message)) if problem.message else str(_("This is not possible right now."))


def back_to(petition_id: uuid.UUID) -> ResponseReturnValue:
    """The petition's staff page."""
    return redirect(url_for("petitions_staff.show_petition", petition_id=petition_id), 303)
