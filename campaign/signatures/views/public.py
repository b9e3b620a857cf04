"""The petition page with its sign form, the live number, and the pages behind the link in the mail."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.designations.models import Organisation
from campaign.designations.policy import is_designated
from campaign.kernel import tokens
from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.partners.models import Partner, PartnerTerms
from campaign.partners.policy import may_offer
from campaign.partners.service.offers import list_offers
from campaign.petitions.models import Petition, WordingChange
from campaign.petitions.policy import is_hidden_in
from campaign.petitions.queries import (
    find_change_since,
    get_petition,
    get_public_petition,
    page_parts,
)
from campaign.signatures import charts, queries
from campaign.signatures.forms import SignForm
from campaign.signatures.providers import WATCHED_SUFFIXES
from campaign.signatures.service import confirm, count, passing_on
from campaign.signatures.views.taking import Ways, is_withheld, stamp_form, take_signature
from campaign.web.countries import country_name
from campaign.web.guards import checks_origin, guarded_by_token
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.left_out import pass_gates
from campaign.web.place import current_place
from campaign.web.session_cookie import vary_by_cookie

bp = Blueprint("signatures", __name__)
token_bp = Blueprint("confirm", __name__)
HERE = Ways("signatures.show_petition", "signatures.show_signed", "signatures/challenge.html")


@bp.get("/<slug>")
@public_page(survives_outage=True)
def show_petition(slug: str) -> ResponseReturnValue:
    """A petition: what it asks, how many stand behind it, and the form."""
    petition = get_public_petition(slug)
    if is_hidden_in(current_place(), petition.audience):
        # Not even its title: whoever looks over this visitor's shoulder must not find it (SAFETY.md 17).
        return render_template("signatures/not_here.html")
    return _petition_page(petition, SignForm())


@bp.post("/<slug>/sign")
@checks_origin
def sign_petition(slug: str) -> ResponseReturnValue:
    """Take a signature; the answer is the same for every address."""
    return take_signature(slug, HERE, _petition_page)


@bp.get("/<slug>/signed")
@public_page(survives_outage=True)
def show_signed(slug: str) -> ResponseReturnValue:
    """What happens next, the same for everybody who pressed the button."""
    petition = get_public_petition(slug)
    return render_template("signatures/signed.html", petition=petition, text=petition.text_in(current_language()))


@bp.get("/<slug>/count.json")
def count_json(slug: str) -> Response:
    """The live number, small and cacheable for ten seconds."""
    petition = _get_shown_here(slug)
    response = jsonify(count=count.count_confirmed(petition.id), as_of=count.as_of().isoformat().replace("+00:00", "Z"))
    response.headers["Cache-Control"] = "public, max-age=10, stale-while-revalidate=30, stale-if-error=3600"
    vary_by_cookie(response)
    return response


@bp.get("/<slug>/by-day.svg")
@public_page(survives_outage=True)
def show_by_day(slug: str) -> ResponseReturnValue:
    """The chart of signatures by day, on light ground."""
    return _chart(slug, charts.LIGHT)


@bp.get("/<slug>/by-day-dark.svg")
@public_page(survives_outage=True)
def show_by_day_dark(slug: str) -> ResponseReturnValue:
    """The same on dark ground: an image cannot see which one the page has."""
    return _chart(slug, charts.DARK)


@token_bp.get("/confirm/<token>")
def show_confirm(token: str) -> ResponseReturnValue:
    """The page behind the link in the mail. Mail scanners follow links, so nothing happens here."""
    with _only_ours():
        signature = confirm.find_by_token(token)
    if signature is None:
        return _token_page(confirm.Outcome.NOT_ME, None, token)
    changed = find_change_since(signature.petition_id, signature.signed_on)
    return _token_page(
        confirm.outcome_of(signature), get_petition(signature.petition_id), token, changed,
        gets=passing_on.list_ticked(signature), got=passing_on.list_given(signature),
    )  # fmt: skip


@token_bp.post("/confirm/<token>")
@guarded_by_token
def confirm_signature(token: str) -> ResponseReturnValue:
    """Confirm; doing it twice shows the same page."""
    with _only_ours(), transaction():
        confirm.confirm_signature(token, passes_on=request.form.get("partners") != "none")
    return _back_to_link(token)


@token_bp.post("/confirm/<token>/not-me")
@guarded_by_token
def reject_signature(token: str) -> ResponseReturnValue:
    """ "That was not me"."""
    # Pressed twice: the row is gone already, and the page says the same.
    with _only_ours(), suppress(NotFound), transaction():
        confirm.reject_signature(token, never_again=request.form.get("never_again") == "y")
    return _back_to_link(token)


@token_bp.post("/confirm/<token>/withdraw")
@guarded_by_token
def withdraw_signature(token: str) -> ResponseReturnValue:
    """Take the signature back; doing it twice shows the same page."""
    with _only_ours(), transaction():
        confirm.withdraw_signature(token)
    return _back_to_link(token)


@token_bp.post("/confirm/<token>/partners/<uuid:partner_id>/withdraw")
@guarded_by_token
def withdraw_from_partner(token: str, partner_id: uuid.UUID) -> ResponseReturnValue:
    """Take back one organisation's consent; the signature stands. Doing it twice shows the same page."""
    with _only_ours(), transaction():
        confirm.withdraw_from_partner(token, partner_id)
    return _back_to_link(token)


@contextmanager
def _only_ours() -> Iterator[None]:
    """A link that is none of ours, or whose keys are destroyed, leads nowhere."""
    try:
        yield
    except (tokens.BadToken, KeyDestroyed) as problem:
        raise NotFound from problem


def _back_to_link(token: str) -> ResponseReturnValue:
    return redirect(url_for("confirm.show_confirm", token=token), 303)


def _petition_page(petition: Petition, form: SignForm) -> str:
    pass_gates()
    is_signable = stamp_form(form, petition)
    stands_at(url_for("signatures.show_petition", slug=petition.slug))
    language = current_language()
    countries, elsewhere = queries.count_by_country(petition.id)
    return render_template(
        "signatures/petition.html",
        petition=petition,
        text=petition.text_in(language),
        form=form,
        watched=WATCHED_SUFFIXES,
        count=count.count_confirmed(petition.id),
        names=queries.list_shown_names(petition.id),
        countries=[(country_name(cell.country, language), cell.count) for cell in countries],
        elsewhere=elsewhere,
        parts=page_parts(petition),
        by_day=charts.by_day(queries.count_by_day(petition.id)),
        is_signable=is_signable,
        offers=list_offers(petition.id, current_place(), language) if is_signable else None,
        is_hidden_here=is_withheld(petition),
    )


def _get_shown_here(slug: str) -> Petition:
    """A public petition for a part of its page; NotFound also where the page itself is not shown."""
    petition = get_public_petition(slug)
    if is_hidden_in(current_place(), petition.audience):
        raise NotFound
    return petition


def _chart(slug: str, ink: charts.Ink) -> Response:
    petition = _get_shown_here(slug)
    data = charts.by_day(queries.count_by_day(petition.id))
    title = _("Confirmed signatures by week") if data.is_weekly else _("Confirmed signatures by day")
    return Response(charts.draw(data, current_language(), ink, title), mimetype="image/svg+xml")


def _may_name(organisation: Organisation) -> bool:
    return may_offer(current_place(), is_designated=is_designated(organisation))


def _token_page(
    outcome: confirm.Outcome, petition: Petition | None, token: str, changed: WordingChange | None = None, *,
    gets: Sequence[tuple[Partner, PartnerTerms]] = (), got: Sequence[Partner] = (),
) -> str:  # fmt: skip
    pass_gates()
    text = petition.text_in(current_language()) if petition is not None else None
    return render_template(
        "signatures/confirm.html", outcome=outcome, petition=petition, text=text, token=token, changed=changed,
        gets=gets, got=got, may_name=_may_name,
    )  # fmt: skip
