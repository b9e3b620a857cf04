"""Letter evenings that the public may come to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from campaign.kernel import clock
from campaign.penpals.queries.evenings import list_upcoming_public
from campaign.web.headers import public_page

bp = Blueprint("letter_evenings", __name__)


@bp.get("/letter-evenings")
@public_page(survives_outage=False)
def list_evenings() -> ResponseReturnValue:
    """The evenings ahead of groups that show themselves: day, place and title."""
    return render_template("penpals/evenings.html", evenings=list_upcoming_public(clock.today()))
