"""The petition page with its sign form, the live number, and the pages behind the link in the mail."""

import time
import uuid
from dataclasses import dataclass
from threading import Lock

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel import clock, tokens
from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.db import end_read, transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.switches import Switch, is_on, require
from campaign.petitions.models import Audience, Petition, PetitionState, WordingChange
from campaign.petitions.policy import is_hidden_in
from campaign.petitions.queries import (
    find_change_since,
    get_petition,
    get_public_petition,
    get_public_terms,
    page_parts,
)
from campaign.signatures import charts, queries
from campaign.signatures.challenge import make_challenge
from campaign.signatures.forms import Entry, SignForm, read_entry
from campaign.signatures.providers import WATCHED_SUFFIXES
from campaign.signatures.service import admit, confirm, count
from campaign.signatures.service.sign import SignatureDraft, sign
from campaign.signatures.stamp import make_stamp, stamped_at
from campaign.web.countries import country_name
from campaign.web.guards import checks_origin, guarded_by_token
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.network import client_network
from campaign.web.place import Place, current_place
from campaign.web.session_cookie import vary_by_cookie
from campaign.web.settings import settings

bp = Blueprint("signatures", __name__)
token_bp = Blueprint("confirm", __name__)


@dataclass(frozen=True, slots=True)
class Signable:
    """What signing needs of a petition."""

    id: uuid.UUID
    is_open: bool
    outside_only: bool


class _Signables:
    """Petitions by slug for a few seconds, so that a signature costs one statement and not two."""

    LIFETIME = 3.0

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Signable]] = {}
        self._lock = Lock()

    def get(self, slug: str) -> Signable:
        entry = self._known.get(slug)
        if entry is not None and time.monotonic() - entry[0] < self.LIFETIME:
            return entry[1]
        petition, state, audience = get_public_terms(slug)
        signable = Signable(petition, state is PetitionState.OPEN, audience is Audience.OUTSIDE_RUSSIA)
        # The read must not hold a connection while the signing statement takes a second one.
        end_read()
        with self._lock:
            if len(self._known) > 5000:
                self._known.clear()
            self._known[slug] = (time.monotonic(), signable)
        return signable


signables = _Signables()


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
    signable = signables.get(slug)
    require(Switch.SIGNING)
    if not signable.is_open or not _may_sign(signable):
        return redirect(url_for("signatures.show_petition", slug=slug), 303)
    entry = _without_russia(signable, read_entry(request.form.to_dict()))
    if entry.problems:
        return make_response(_petition_page(get_public_petition(slug), SignForm(entry)), 422)
    draft, quarantined = entry.draft(current_language()), False
    if settings().rate_limits:
        if not _admitted(signable, entry, draft):
            return _challenge_page(slug, signable, entry)
        quarantined = entry.looks_automatic or not stamped_at(entry.stamp, signable.id, clock.now())
    sign(signable.id, draft, quarantined=quarantined)
    return redirect(url_for("signatures.show_signed", slug=slug), 303)


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
    try:
        signature = confirm.find_by_token(token)
    except (tokens.BadToken, KeyDestroyed) as problem:
        raise NotFound from problem
    if signature is None:
        return _token_page(confirm.Outcome.NOT_ME, None, token)
    changed = find_change_since(signature.petition_id, signature.signed_on)
    return _token_page(confirm.outcome_of(signature), get_petition(signature.petition_id), token, changed)


@token_bp.post("/confirm/<token>")
@guarded_by_token
def confirm_signature(token: str) -> ResponseReturnValue:
    """Confirm; doing it twice shows the same page."""
    try:
        with transaction():
            confirm.confirm_signature(token)
    except (tokens.BadToken, KeyDestroyed) as problem:
        raise NotFound from problem
    return redirect(url_for("confirm.show_confirm", token=token), 303)


@token_bp.post("/confirm/<token>/not-me")
@guarded_by_token
def reject_signature(token: str) -> ResponseReturnValue:
    """ "That was not me"."""
    try:
        with transaction():
            confirm.reject_signature(token, never_again=request.form.get("never_again") == "y")
    except NotFound:
        pass  # pressed twice: the row is gone already, and the page says the same
    except (tokens.BadToken, KeyDestroyed) as problem:
        raise NotFound from problem
    return redirect(url_for("confirm.show_confirm", token=token), 303)


@token_bp.post("/confirm/<token>/withdraw")
@guarded_by_token
def withdraw_signature(token: str) -> ResponseReturnValue:
    """Take the signature back; doing it twice shows the same page."""
    try:
        with transaction():
            confirm.withdraw_signature(token)
    except (tokens.BadToken, KeyDestroyed) as problem:
        raise NotFound from problem
    return redirect(url_for("confirm.show_confirm", token=token), 303)


def _may_sign(signable: Signable) -> bool:
    """Whether this visitor is offered this petition at all: sanctions only to who says they are outside Russia."""
    return not signable.outside_only or current_place() is Place.ELSEWHERE


def _without_russia(signable: Signable, entry: Entry) -> Entry:
    """An outside-only petition refuses the country RU, says why and stores nothing (SAFETY.md 17)."""
    if not signable.outside_only or entry.country != "RU":
        return entry
    message = _(
        "Signing this petition is a crime in Russia, so we do not take signatures from there. Nothing was stored."
    )
    return entry.refused("country", message)


def _admitted(signable: Signable, entry: Entry, draft: SignatureDraft) -> bool:
    """Whether this signature may be taken now. A proof that came along is looked at first, so that it is never lost."""
    if entry.proof or entry.ticket:
        return admit.proved(signable.id, proof=entry.proof, ticket=entry.ticket)
    return not entry.is_hasty and admit.admits(client_network(), draft.mailbox.domain)


def _challenge_page(slug: str, signable: Signable, entry: Entry) -> Response:
    """Ask for a proof; what was typed travels along in the page and is stored nowhere."""
    challenge = make_challenge(signable.id, clock.now(), former_ticket=entry.ticket)
    stands_at(url_for("signatures.show_petition", slug=slug))
    page = render_template("signatures/challenge.html", slug=slug, entry=entry, challenge=challenge)
    response = make_response(page, 429 if entry.proof else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _petition_page(petition: Petition, form: SignForm) -> str:
    is_signable = petition.state == PetitionState.OPEN and is_on(Switch.SIGNING)
    if is_signable:
        # After an emergency wipe there is no key for it, signing is off, and the page stands without the form.
        form.stamp.data = make_stamp(petition.id, clock.now())
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
        is_hidden_here=petition.audience == Audience.OUTSIDE_RUSSIA and current_place() is not Place.ELSEWHERE,
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


def _token_page(
    outcome: confirm.Outcome, petition: Petition | None, token: str, changed: WordingChange | None = None
) -> str:  # fmt: skip
    text = petition.text_in(current_language()) if petition is not None else None
    return render_template(
        "signatures/confirm.html", outcome=outcome, petition=petition, text=text, token=token, changed=changed
    )
