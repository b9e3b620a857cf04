"""A petition with its form in a frame of another site: without scripts and cookies, and everything stays in the frame.

Only sites that staff named can show it. The reader of a frame cannot tell us where they are, so what is dangerous in
Russia is left out unless the site asks with `?place=out` (SAFETY.md 17, web/place.py).
"""

import re
import uuid
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.kernel.errors import NotFound
from campaign.kernel.registry import plain_at
from campaign.kernel.switches import Switch, is_on
from campaign.partners.service.offers import list_offers
from campaign.petitions.models import Audience, Petition
from campaign.petitions.policy import ORGANISERS, SCOPE, is_hidden_in
from campaign.petitions.queries import get_petition, get_public_petition
from campaign.petitions.queries.frames import list_frame_origins
from campaign.signatures.forms import SignForm
from campaign.signatures.providers import WATCHED_SUFFIXES
from campaign.signatures.service import count
from campaign.signatures.views.taking import Ways, stamp_form, take_signature
from campaign.web.frames import HEIGHT, IN_A_FRAME_OF_OURS, frame_markup, let_frame
from campaign.web.guards import checks_origin, requires_in
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language, split_language
from campaign.web.left_out import pass_gates, words_left_out
from campaign.web.place import Place, current_place, settle_asked_place
from campaign.web.settings import absolute_url, own_hosts, settings

bp = Blueprint("embed", __name__)
oembed_bp = Blueprint("oembed", __name__)
staff_bp = Blueprint("embed_staff", __name__)
PETITION_PATH = re.compile(r"/petitions/([a-z0-9-]{1,80})/?")
WIDTH = 560


@bp.before_request
def settle_place() -> ResponseReturnValue | None:
    """Believe the address about where the frame's readers are; another value than the known one is taken out of it."""
    if settle_asked_place() or request.method not in {"GET", "HEAD"}:
        return None
    return redirect(url_for(request.endpoint or "", **(request.view_args or {})), 303)


@bp.get("/<slug>")
@public_page(survives_outage=True)
def show_frame(slug: str) -> ResponseReturnValue:
    """The petition in short, and the form."""
    petition = get_public_petition(slug)
    _let_frame(petition.id)
    if is_hidden_in(current_place(), petition.audience):
        return render_template("signatures/embed/not_here.html")
    return _page(petition, SignForm())


@bp.post("/<slug>/sign")
@checks_origin
def sign_in_frame(slug: str) -> ResponseReturnValue:
    """Take a signature, as on the petition's page."""
    if not is_on(Switch.SIGNING):
        # The page says so inside the frame; an error page could not be shown there.
        return redirect(_ways().address("embed.show_frame", slug), 303)
    return take_signature(slug, _ways(), _shown_again)


@bp.get("/<slug>/signed")
@public_page(survives_outage=True)
def show_signed(slug: str) -> ResponseReturnValue:
    """What happens next."""
    petition = get_public_petition(slug)
    _let_frame(petition.id)
    return render_template("signatures/embed/signed.html", petition=petition)


@oembed_bp.get("/oembed")
def show_oembed() -> Response:
    """What programs that know oEmbed (oembed.com, version 1.0) show for the address of a petition.

    Where no site may show it in a frame, they get a link.
    """
    if request.args.get("format", "json") != "json":
        abort(501)
    language, slug, is_asked = _read_address(request.args.get("url", ""))
    settle_asked_place(is_asked=is_asked)
    petition = get_public_petition(slug)
    if is_hidden_in(current_place(), petition.audience):
        raise NotFound
    title = plain_at(current_place(), petition.text_in(language).title, words_left_out())
    answer: dict[str, object] = {
        "version": "1.0", "type": "link", "title": title, "provider_name": "Unforgotten",
        "provider_url": settings().public_url, "cache_age": 3600,
    }  # fmt: skip
    if list_frame_origins(petition.id):
        width, height = _at_most("maxwidth", WIDTH), _at_most("maxheight", HEIGHT)
        asks = "?place=out" if petition.audience == Audience.OUTSIDE_RUSSIA else ""
        address = absolute_url(f"/embed/petitions/{slug}{asks}", language)
        frame = frame_markup(address, title, width=width, height=height)
        answer |= {"type": "rich", "html": frame, "width": width, "height": height}
    response = jsonify(answer)
    # Not "public", by which the page cache would hold one for each width that somebody makes up.
    response.headers["Cache-Control"] = "max-age=300"
    return response


@staff_bp.get("/<uuid:petition_id>/frames/preview")
@requires_in(SCOPE, "petition_id", *ORGANISERS)
def show_preview(petition_id: uuid.UUID) -> ResponseReturnValue:
    """How it looks in a frame, for staff: nothing can be sent."""
    let_frame([IN_A_FRAME_OF_OURS])
    g.settled_place = Place.ELSEWHERE
    return _page(get_petition(petition_id), SignForm(), is_preview=True)


def _let_frame(petition_id: uuid.UUID) -> None:
    let_frame(list_frame_origins(petition_id))


def _ways() -> Ways:
    asked = {"place": "out"} if request.args.get("place") == "out" else {}
    return Ways(
        "embed.show_frame", "embed.show_signed", "signatures/embed/challenge.html", asked, _let_frame,
        is_said_by_signer=False,
    )  # fmt: skip


def _said_in_frame() -> Place:
    """What a signer in a frame has said of where they are: nothing, or that it is Russia.

    That they are elsewhere is the word of the site around it, which is no ground for giving their address to an
    organisation that is designated.
    """
    return Place.NOT_SAID if current_place() is Place.ELSEWHERE else current_place()


def _shown_again(petition: Petition, form: SignForm) -> str:
    _let_frame(petition.id)
    return _page(petition, form)


def _page(petition: Petition, form: SignForm, *, is_preview: bool = False) -> str:
    pass_gates()
    is_signable, language = stamp_form(form, petition), current_language()
    stands_at(_ways().address("embed.show_frame", petition.slug))
    return render_template(
        "signatures/embed/petition.html",
        petition=petition,
        text=petition.text_in(language),
        form=form,
        offers=list_offers(petition.id, _said_in_frame(), language) if is_signable or is_preview else None,
        asked=_ways().asked,
        watched=WATCHED_SUFFIXES,
        count=count.count_confirmed(petition.id),
        is_signable=is_signable or is_preview,
        is_preview=is_preview,
    )


def _read_address(url: str) -> tuple[str, str, bool]:
    """Language, slug, and whether the address asks with `place=out`; raises NotFound for what is none of ours."""
    try:
        parts = urlsplit(url)
    except ValueError as problem:
        raise NotFound from problem
    language, path = split_language(parts.path)
    found = PETITION_PATH.fullmatch(path)
    if parts.scheme not in {"http", "https"} or parts.netloc not in own_hosts() or found is None:
        raise NotFound
    return language, found.group(1), parse_qs(parts.query).get("place") == ["out"]


def _at_most(name: str, usual: int) -> int:
    asked = request.args.get(name, "")
    return max(min(int(asked), usual), 1) if asked.isdecimal() and len(asked) < 6 else usual
