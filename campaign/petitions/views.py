"""The public list of petitions. A petition's own page carries the sign form and is in signatures/views.py."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from campaign.petitions.queries import list_public_petitions
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.place import Place, current_place

bp = Blueprint("petitions", __name__)


@bp.get("")
@public_page(survives_outage=True)
def list_petitions() -> ResponseReturnValue:
    """Every petition that is open now."""
    petitions = list_public_petitions(outside_russia=current_place() is Place.ELSEWHERE)
    language = current_language()
    return render_template("petitions/list.html", petitions=[(each, each.text_in(language)) for each in petitions])
