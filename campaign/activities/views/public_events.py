"""Events before the public: the list, one event with its form, and the calendar."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.activities.forms.event_words import (
    KIND_WORDS,
    LANGUAGE_WORDS,
    SignupForm,
    about_of,
    hours_of,
    shift_name,
)
from campaign.activities.models import SCOPE, Event, EventKind
from campaign.activities.queries import events as queries
from campaign.activities.service import entering
from campaign.activities.service.events import venue_of
from campaign.activities.service.signups import Over, check_ahead
from campaign.activities.views.calendars import calendar_of
from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.limits import Buckets, Rate
from campaign.signatures.challenge import Subject, make_challenge
from campaign.signatures.service.admit import Gate
from campaign.web.arrivals import arrived_by
from campaign.web.guards import checks_origin
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.left_out import pass_gates
from campaign.web.network import client_network
from campaign.web.paging import paginate
from campaign.web.settings import settings

bp = Blueprint("events", __name__)
PER_PAGE = 20
MOST_IN_CALENDAR = 300
SIGNING_UP = Gate(Buckets(Rate(burst=60, seconds=5)), Buckets(Rate(burst=60, seconds=5)))
"""Of events alone: a class comes to a training from behind one address, and a rush of signatures stops nobody here."""


def _chosen() -> tuple[str, str]:
    kind, language = request.args.get("kind", ""), request.args.get("language", "")
    return kind if kind in set(EventKind) else "", language if language in LANGUAGE_WORDS else ""


@bp.get("")
@public_page(survives_outage=False)
def list_events() -> ResponseReturnValue:
    """What is ahead, by kind and language. Any address that means nothing leads to the one that does."""
    kind, language = _chosen()
    page = paginate(queries.public_events(clock.today(), kind=kind, language=language), per_page=PER_PAGE)
    wanted = {"kind": kind, "language": language, "page": str(page.number) if page.number > 1 else ""}
    canonical: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    if {name: request.args[name] for name in wanted if name in request.args} != canonical:
        return redirect(url_for("events.list_events", **canonical))
    return render_template(
        "activities/list.html", page=page, kind=kind, language=language, kind_words=KIND_WORDS,
        language_words=LANGUAGE_WORDS, hours_of=hours_of, places=queries.places_of([each.id for each in page.items]),
    )  # fmt: skip


@bp.get("/calendar.ics")
@public_page(survives_outage=False)
def calendar() -> ResponseReturnValue:
    """The same for a calendar that asks now and then."""
    kind, language = _chosen()
    found = session.scalars(queries.public_events(clock.today(), kind=kind, language=language).limit(MOST_IN_CALENDAR))
    return Response(calendar_of([(each, None, _shown_place(each)) for each in found]), mimetype="text/calendar")


@bp.get("/<slug>")
@public_page(survives_outage=False)
def show_event(slug: str) -> ResponseReturnValue:
    """One event with the form to sign up."""
    event = queries.get_public_event(slug)
    return _page(event, _form(event, filled=False))


@bp.post("/<slug>/sign-up")
@checks_origin
def sign_up(slug: str) -> ResponseReturnValue:
    """Take a sign-up; the answer is the same for every address."""
    event = queries.get_public_event(slug)
    form = _form(event, filled=True)
    if not form.validate() or form.mailbox is None:
        return make_response(_page(event, form), 422)
    if settings().rate_limits and not SIGNING_UP.lets_in(
        _subject(event), client_network(), form.mailbox.domain, proof=form.proof.data, ticket=form.ticket.data
    ):
        return _challenge_page(event, form)
    if not form.website.data:
        try:
            with transaction():
                name = form.display_name.data or ""
                shift = next(each for each in queries.list_shifts(event.id) if str(each.id) == form.shift.data)
                entering.sign_up(event, shift.id, form.mailbox, name, current_language(), arrived_by=arrived_by())
        except DomainError as problem:
            return make_response(_page(event, form, problem=_(problem.message)), 409)
    return redirect(url_for("events.show_signed_up", slug=slug), 303)


@bp.get("/<slug>/signed-up")
@public_page(survives_outage=False)
def show_signed_up(slug: str) -> ResponseReturnValue:
    """What happens next, the same for everybody who pressed the button."""
    return render_template("activities/signed_up.html", event=queries.get_public_event(slug))


def _challenge_page(event: Event, form: SignupForm) -> Response:
    """Ask for a proof or a minute's patience; what was typed travels along in the page and is stored nowhere."""
    challenge = make_challenge(_subject(event), clock.now(), former_ticket=form.ticket.data or "")
    stands_at(url_for("events.show_event", slug=event.slug))
    fields = [(name, value) for name, value in request.form.items() if name not in {"proof", "ticket"}]
    page = render_template("activities/challenge.html", event=event, fields=fields, challenge=challenge)
    response = make_response(page, 429 if form.proof.data else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _subject(event: Event) -> Subject:
    keyring.ensure(SCOPE)
    return Subject(SCOPE, f":event:{event.id}")


def _form(event: Event, *, filled: bool) -> SignupForm:
    form = SignupForm(request.form if filled else None)
    form.offer(event, list(queries.list_shifts(event.id)))
    return form


def _is_open(event: Event) -> bool:
    """Whether one of its shifts is still ahead."""
    for shift in queries.list_shifts(event.id):
        try:
            check_ahead(event, shift)
        except Over:
            continue
        return True
    return False


def _shown_place(event: Event) -> str:
    exact = venue_of(event) if event.is_venue_public else ""
    return ", ".join(part for part in (event.place, exact) if part)


def _page(event: Event, form: SignupForm, problem: str = "") -> str:
    pass_gates()
    stands_at(url_for("events.show_event", slug=event.slug))
    about, told_in = about_of(event)
    shifts = queries.list_shifts(event.id)
    if not shifts:
        raise NotFound
    return render_template(
        "activities/show.html", event=event, form=form, problem=problem, about=about, about_language=told_in,
        shifts=shifts, places=queries.places_of([event.id])[event.id], is_open=_is_open(event),
        venue=_shown_place(event), kind_words=KIND_WORDS, language_words=LANGUAGE_WORDS, hours_of=hours_of,
        shift_name=shift_name,
    )  # fmt: skip
