"""The public list of petitions and their pictures. A petition's own page carries the sign form: signatures/views.py."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from campaign.kernel.errors import NotFound
from campaign.petitions.models import Audience
from campaign.petitions.policy import is_hidden_in
from campaign.petitions.queries import (
    find_pictures,
    get_public_petition,
    get_rendition,
    list_published_changes,
    public_petitions,
    totals_of,
)
from campaign.web.headers import public_page
from campaign.web.i18n import LANGUAGES, current_language
from campaign.web.paging import paginate
from campaign.web.pictures import lasting_picture, passing_picture
from campaign.web.place import Place, current_place
from campaign.web.session_cookie import vary_by_cookie

bp = Blueprint("petitions", __name__)
PER_PAGE = 12


@bp.get("")
@public_page(survives_outage=True)
def list_petitions() -> ResponseReturnValue:
    """Every petition that is open now, or (`?state=past`) those that have ended; newest or (`?sort=signed`) largest."""
    past = request.args.get("state") == "past"
    most_signed = request.args.get("sort") == "signed"
    with_outside_only = current_place() is not Place.RUSSIA
    statement = public_petitions(with_outside_only=with_outside_only, past=past, most_signed=most_signed)
    page = paginate(statement, per_page=PER_PAGE)
    totals, pictures, language = totals_of(page.items), find_pictures(page.items), current_language()
    cards = [(each, each.text_in(language), totals[each.id], pictures.get(each.id)) for each in page.items]
    return render_template("petitions/list.html", page=page, cards=cards, past=past, most_signed=most_signed)


@bp.get("/<slug>/picture/<rendition>")
def show_picture(slug: str, rendition: str) -> Response:
    """The picture in one size; its address in pages names the content, so caches keep it for a year."""
    petition = get_public_petition(slug)
    if is_hidden_in(current_place(), petition.audience):
        raise NotFound
    found = get_rendition(petition.id, rendition)
    if petition.audience == Audience.OUTSIDE_RUSSIA:
        # Kept a year, or for the next visitor, it would be shown to somebody who says later that they are there.
        picture = passing_picture(found.content, found.digest)
        vary_by_cookie(picture)
        return picture
    return lasting_picture(found.content, found.digest)


@bp.get("/<slug>/changes")
@public_page(survives_outage=True)
def show_changes(slug: str) -> ResponseReturnValue:
    """What the petition said before, and when that was changed: people signed a text."""
    petition = get_public_petition(slug)
    if is_hidden_in(current_place(), petition.audience):
        return render_template("signatures/not_here.html")
    return render_template(
        "petitions/changes.html", petition=petition, text=petition.text_in(current_language()),
        changes=list_published_changes(petition.id), language_names=LANGUAGES,
    )  # fmt: skip
