"""What one can pass on: a page with texts and links, pictures for posts, and prints."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.errors import NotFound
from campaign.kernel.registry_sharing import ShareMatter, share_subjects
from campaign.sharing.documents import PRINTS, Order, order_of, render_picture, render_print
from campaign.sharing.drawing import SHAPES, Busy
from campaign.sharing.texts import Passed, clean_share_text
from campaign.web import errors
from campaign.web.arrivals import with_arrival
from campaign.web.headers import public_page
from campaign.web.i18n import LANGUAGES, current_language
from campaign.web.left_out import words_left_out
from campaign.web.pictures import FOR_A_MOMENT
from campaign.web.place import Place, current_place, settle_asked_place
from campaign.web.session_cookie import vary_by_cookie
from campaign.web.settings import absolute_url

bp = Blueprint("sharing", __name__)
# Without the word "public", by which the page cache knows what it may hold: what is drawn has a place of its own.
FOR_FIVE_MINUTES = "max-age=300"


@bp.get("/<kind>/<slug>")
@public_page(survives_outage=False)
def show_share(kind: str, slug: str) -> ResponseReturnValue:
    """Texts in every language, links, pictures, prints; in Russia nothing of it, and why."""
    matter, place, language = _find(kind, slug), current_place(), current_language()
    if _is_withheld(matter, place):
        return render_template("sharing/not_here.html", is_said=place is Place.RUSSIA)
    known = [code for code in LANGUAGES if code in matter.texts]
    return render_template(
        "sharing/show.html",
        kind=kind,
        slug=slug,
        language_names=LANGUAGES,
        matter=matter,
        passed=[_passed(matter, code, place) for code in sorted(known, key=lambda code: code != language)],
        text=clean_share_text(matter, language, place, words_left_out()),
        address=_address(matter, language),
        shapes=SHAPES,
        prints={name: each for name, each in PRINTS.items() if name != "sheet" or matter.can_sign_on_paper},
        asks={"place": "out"} if place is Place.ELSEWHERE else {},
    )


@bp.get("/<kind>/<slug>/<shape>.jpg")
def show_picture(kind: str, slug: str, shape: str) -> Response:
    """A picture for posts."""
    if shape not in SHAPES:
        raise NotFound
    matter = _find_shown(kind, slug)
    order = order_of(shape, matter, current_language(), current_place(), _address(matter, current_language()))
    return _drawn(order, "image/jpeg", f"{slug}-{shape}.jpg", lambda: render_picture(shape, order))


@bp.get("/<kind>/<slug>/<name>.pdf")
def show_print(kind: str, slug: str, name: str) -> Response:
    """A poster, a leaflet, or a sheet to sign on."""
    matter = _find_shown(kind, slug)
    if name not in PRINTS or (name == "sheet" and not matter.can_sign_on_paper):
        raise NotFound
    address = with_arrival(_address(matter, current_language()))
    order = order_of(name, matter, current_language(), current_place(), address)
    return _drawn(order, "application/pdf", f"{slug}-{name}.pdf", lambda: render_print(name, order, address))


def _find(kind: str, slug: str) -> ShareMatter:
    if kind not in share_subjects:
        raise NotFound
    return share_subjects[kind](slug)


def _find_shown(kind: str, slug: str) -> ShareMatter:
    """The same for what programs fetch, which cannot say where their readers are."""
    settle_asked_place()
    matter = _find(kind, slug)
    if matter.is_outside_only and current_place() is not Place.ELSEWHERE:
        raise NotFound
    return matter


def _is_withheld(matter: ShareMatter, place: Place) -> bool:
    return place is Place.RUSSIA or (matter.is_outside_only and place is not Place.ELSEWHERE)


def _address(matter: ShareMatter, language: str) -> str:
    return absolute_url(matter.path, language)


def _passed(matter: ShareMatter, language: str, place: Place) -> Passed:
    text = clean_share_text(matter, language, place, words_left_out())
    return Passed(language, text.title, text.sentence, with_arrival(_address(matter, language)))


def _drawn(order: Order, mimetype: str, name: str, make: Callable[[], bytes]) -> Response:
    """The drawing; of a person it is kept for half a minute by whoever asked, and then asked for anew."""
    response = Response(mimetype=mimetype)
    response.set_etag(order.digest)
    response.headers["Cache-Control"] = FOR_A_MOMENT if order.matter.is_person else FOR_FIVE_MINUTES
    vary_by_cookie(response)
    # Slugs are Latin letters and hyphens by constraints, so they can break out of no header.
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    try:
        response.set_data(make())
    except Busy:
        return _busy(is_read="pdf" in mimetype)
    return response


def _busy(*, is_read: bool) -> Response:
    """For whoever pressed a link a page that asks again by itself, without a script too; a picture has none."""
    if not is_read:
        return Response(status=503, headers={"Retry-After": "3", "Cache-Control": "no-store"})
    text = _("Much is being drawn right now. This page asks again by itself in three seconds.")
    response = errors.page(503, _("Just a moment"), text)
    response.headers["Retry-After"] = response.headers["Refresh"] = "3"
    return response
