"""What the staff views of groups share."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign.penpals.policy import COORDINATORS, SCOPE
from campaign.web.guards import requires_in

bp = Blueprint("groups_staff", __name__)
for_coordinators = requires_in(SCOPE, "group_id", *COORDINATORS)


def back_to(group_id: uuid.UUID) -> ResponseReturnValue:
    """The group's staff page."""
    return redirect(url_for("groups_staff.show_group", group_id=group_id), 303)


def back_to_members(group_id: uuid.UUID) -> ResponseReturnValue:
    """The page of its members."""
    return redirect(url_for("groups_staff.show_members", group_id=group_id), 303)
