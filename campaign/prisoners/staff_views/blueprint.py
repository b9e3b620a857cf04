"""What the staff views of prisoners share."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign.prisoners.policy import EDITORS, FAMILY_READERS, READERS, REPORT_READERS
from campaign.web.guards import requires

bp = Blueprint("prisoners_staff", __name__)
for_editors = requires(*EDITORS)
for_readers = requires(*READERS)
for_family_readers = requires(*FAMILY_READERS)
for_readers_of_reports = requires(*REPORT_READERS)


def back_to(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """The person's staff page."""
    return redirect(url_for("prisoners_staff.show_prisoner", prisoner_id=prisoner_id), 303)
