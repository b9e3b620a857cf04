"""The public list of petitions. A petition's own page carries the sign form and is in signatures/views.py."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from campaign.petitions.queries import public_petitions, totals_of
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.place import Place, current_place

bp = Blueprint("petitions", __name__)
PER_PAGE = 12


@bp.get("")
@public_page(survives_outage=True)
def list_petitions() -> ResponseReturnValue:
    """Every petition that is open now, or (`?state=past`) those that have ended."""
    past = request.args.get("state") == "past"
    with_outside_only = current_place() is not Place.RUSSIA
    page = paginate(public_petitions(with_outside_only=with_outside_only, past=past), per_page=PER_PAGE)
    totals = totals_of(page.items)
    language = current_language()
    cards = [(each, each.text_in(language), totals[each.id]) for each in page.items]
    return render_template("petitions/list.html", page=page, cards=cards, past=past)
