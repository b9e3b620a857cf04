"""A signer asks whether their own address signed; the answer goes to that address by mail (SAFETY.md 14)."""

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.kernel import clock
from campaign.kernel.errors import NotFound
from campaign.petitions.models import Petition, petition_scope
from campaign.petitions.queries import get_public_petition
from campaign.signatures.challenge import Subject, make_challenge
from campaign.signatures.forms.staff import OwnSignatureForm
from campaign.signatures.service import admit
from campaign.signatures.service.lookup import ask_about_own
from campaign.signatures.stamp import make_stamp, stamped_at
from campaign.signatures.views.public import bp
from campaign.web.guards import checks_origin
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.network import client_network
from campaign.web.settings import settings


@bp.get("/<slug>/my-signature")
@public_page(survives_outage=True)
def show_own(slug: str) -> ResponseReturnValue:
    """One field: the address to answer to."""
    return _page(_readable(slug), OwnSignatureForm())


@bp.post("/<slug>/my-signature")
@checks_origin
def ask_own(slug: str) -> ResponseReturnValue:
    """Owe the answer by mail. This page says the same for every address."""
    petition, form = _readable(slug), OwnSignatureForm()
    if not form.validate():
        return make_response(_page(petition, form), 422)
    if settings().rate_limits and not admit.signing.lets_in(
        _subject(petition), client_network(), form.mailbox.domain, proof=form.proof.data, ticket=form.ticket.data
    ):
        return _challenge_page(petition, form)
    ask_about_own(petition.id, form.mailbox, language=current_language(), silent=not _is_ours(petition, form))
    return redirect(url_for("signatures.show_own_asked", slug=slug), 303)


@bp.get("/<slug>/my-signature/sent")
@public_page(survives_outage=True)
def show_own_asked(slug: str) -> ResponseReturnValue:
    """What happens next, the same for everybody who asked."""
    petition = get_public_petition(slug)
    return render_template("signatures/own_asked.html", petition=petition)


def _readable(slug: str) -> Petition:
    """The petition, while anybody can still tell who signed it."""
    petition = get_public_petition(slug)
    if petition.keys_destroyed_on is not None:
        raise NotFound
    return petition


def _is_ours(petition: Petition, form: OwnSignatureForm) -> bool:
    """Whether the form was fetched from us and filled in by a person; as in signing."""
    if not settings().rate_limits:
        return True
    return not form.website.data and stamped_at(form.stamp.data or "", petition.id, clock.now())


def _subject(petition: Petition) -> Subject:
    return Subject(petition_scope(petition.id), ":own")


def _challenge_page(petition: Petition, form: OwnSignatureForm) -> Response:
    """Ask for a proof or a minute's patience, as in signing: who waits is answered, whatever mailbox they have."""
    challenge = make_challenge(_subject(petition), clock.now(), former_ticket=form.ticket.data or "")
    stands_at(url_for("signatures.show_own", slug=petition.slug))
    page = render_template("signatures/own_challenge.html", petition=petition, form=form, challenge=challenge)
    response = make_response(page, 429 if form.proof.data else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(petition: Petition, form: OwnSignatureForm) -> Response:
    stands_at(url_for("signatures.show_own", slug=petition.slug))
    form.stamp.data = make_stamp(petition.id, clock.now())
    return make_response(render_template("signatures/own.html", petition=petition, form=form))
