"""What the staff views of petitions share."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign.petitions.policy import ORGANISERS, SCOPE
from campaign.web.guards import requires_in

bp = Blueprint("petitions_staff", __name__)
for_organisers = requires_in(SCOPE, "petition_id", *ORGANISERS)


def back_to(petition_id: uuid.UUID) -> ResponseReturnValue:
    """The petition's staff page."""
    return redirect(url_for("petitions_staff.show_petition", petition_id=petition_id), 303)
