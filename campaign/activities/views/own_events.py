"""One's own page of an event, behind the link of the mail: confirm, take, change, give up."""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.activities.forms.event_words import KIND_WORDS, clock_time, hours_of, shift_name
from campaign.activities.models import TAKING, Event, EventShift, EventSignup, SignupState
from campaign.activities.queries import events as queries
from campaign.activities.service import entering, signups
from campaign.activities.service.events import venue_of
from campaign.activities.views.calendars import calendar_of
from campaign.kernel import tokens
from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.web.guards import guarded_by_token
from campaign.web.here import stands_at

bp = Blueprint("own_events", __name__)
NOT_OURS = (tokens.BadToken, KeyDestroyed, KeyMissing)


@bp.get("/<token>")
def show_own(token: str) -> ResponseReturnValue:
    """Where one stands. Mail scanners follow links, so nothing happens here."""
    return _page(token)


@bp.post("/<token>")
@guarded_by_token
def confirm(token: str) -> ResponseReturnValue:
    """Confirm, or come back after giving it up, perhaps into another shift; doing it twice shows the same page."""
    try:
        shift = uuid.UUID(request.form["shift"]) if "shift" in request.form else None
    except ValueError:
        return redirect(url_for("own_events.show_own", token=token), 303)
    return _step(token, lambda row: signups.confirm(row, to_shift=shift))


@bp.post("/<token>/take")
@guarded_by_token
def take(token: str) -> ResponseReturnValue:
    """Take the place that is held."""
    return _step(token, signups.take_offer)


@bp.post("/<token>/cancel")
@guarded_by_token
def cancel(token: str) -> ResponseReturnValue:
    """Give it up."""
    return _step(token, signups.cancel)


@bp.post("/<token>/move")
@guarded_by_token
def move(token: str) -> ResponseReturnValue:
    """Go into another shift."""
    try:
        shift = uuid.UUID(request.form.get("shift", ""))
    except ValueError:
        return redirect(url_for("own_events.show_own", token=token), 303)
    return _step(token, lambda row: signups.move(row, shift))


@bp.post("/<token>/not-me")
@guarded_by_token
def not_me(token: str) -> ResponseReturnValue:
    """ "That was not me"."""
    never_again = request.form.get("never_again") == "y"
    return _step(token, lambda row: entering.reject(row, never_again=never_again))


@bp.get("/<token>/event.ics")
def own_calendar(token: str) -> Response:
    """One's shift for a calendar, with the exact place for who has one."""
    signup = _find(token)
    if signup is None or signup.state == SignupState.PENDING:
        raise NotFound
    event, shift = session.get_one(Event, signup.event_id), session.get_one(EventShift, signup.shift_id)
    response = Response(calendar_of([(event, shift, _place_for(event, signup))]), mimetype="text/calendar")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return response


def _find(token: str) -> EventSignup | None:
    try:
        return entering.find_by_token(token)
    except NOT_OURS as problem:
        raise NotFound from problem


def _step(token: str, act: Callable[[uuid.UUID], object]) -> ResponseReturnValue:
    signup = _find(token)
    if signup is None:
        return _page(token)
    try:
        with transaction():
            act(signup.id)
    except NotFound:
        return _page(token)
    except DomainError as problem:
        return _page(token, problem=_(problem.message), status=409)
    return redirect(url_for("own_events.show_own", token=token), 303)


def _place_for(event: Event, signup: EventSignup) -> str:
    """The exact place only for who has a place, unless everybody may know it."""
    may_know = event.is_venue_public or signup.state in TAKING
    return ", ".join(part for part in (event.place, venue_of(event) if may_know else "") if part)


def _page(token: str, *, problem: str = "", status: int = 200) -> Response:
    stands_at(url_for("own_events.show_own", token=token))
    signup = _find(token)
    if signup is None:
        return make_response(render_template("activities/gone.html"), status)
    event, shift = session.get_one(Event, signup.event_id), session.get_one(EventShift, signup.shift_id)
    page = render_template(
        "activities/own.html", token=token, signup=signup, event=event, shift=shift, problem=problem,
        state=SignupState(signup.state), places=queries.places_of([event.id])[event.id],
        shifts=queries.list_shifts(event.id), venue=_place_for(event, signup), kind_words=KIND_WORDS,
        hours_of=hours_of, shift_name=shift_name, clock_time=clock_time,
        before=queries.place_in_queue(signup) if signup.state == SignupState.QUEUED else 0,
        is_ahead=_is_ahead(event, shift),
    )  # fmt: skip
    return make_response(page, status)


def _is_ahead(event: Event, shift: EventShift) -> bool:
    try:
        signups.check_ahead(event, shift)
    except signups.Over:
        return False
    return True
