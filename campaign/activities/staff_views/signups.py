"""Who signed up, for coordinators: places and the queue, moving, ticking off, the sheet to print."""

import uuid
from collections.abc import Callable

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from campaign.activities.charts import INKS, ShiftBar, draw_places
from campaign.activities.forms.event_words import shift_name
from campaign.activities.models import Attendance, EventShift, EventSignup, SignupState
from campaign.activities.queries import events as queries
from campaign.activities.service import attending, entering, signups
from campaign.activities.service.events import venue_of
from campaign.activities.staff_views.event_page import (
    back_to,
    bp,
    event_for,
    event_page,
    for_coordinators,
    shift_for,
    words,
)
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.people.staff_views.blueprint import take_shown
from campaign.web.steps import actor_id, told

PER_PAGE = 50
MOST_ON_SHEET = 500


@bp.get("/<uuid:event_id>")
@for_coordinators
def show_event(event_id: uuid.UUID) -> ResponseReturnValue:
    """One event with its shifts and who signed up."""
    return event_page(event_for(event_id))


@bp.get("/<uuid:event_id>/places-<scheme>.svg")
@for_coordinators
def draw_event(event_id: uuid.UUID, scheme: str) -> Response:
    """How full each shift is, as a picture; it names nobody."""
    event = event_for(event_id)
    if scheme not in INKS:
        abort(404)
    places = queries.places_of([event.id])[event.id]
    bars = [_bar(shift_name(event, each), places[each.id]) for each in queries.list_shifts(event.id)]
    legend = (_("has a place"), _("held for somebody"), _("waits"), _("places there are"))
    return Response(draw_places(bars, ink=INKS[scheme], legend=legend), mimetype="image/svg+xml")


def _bar(name: str, at: queries.Places) -> ShiftBar:
    figure = _("%(taken)s of %(places)s", taken=format_decimal(at.taken), places=format_decimal(at.capacity))
    if at.queued:
        figure = f"{figure} + {format_decimal(at.queued)}"
    return ShiftBar(name, at.confirmed, at.taken - at.confirmed, at.queued, at.capacity, figure)


@bp.post("/<uuid:event_id>/signups/<uuid:signup_id>/cancel")
@for_coordinators
def cancel_signup(event_id: uuid.UUID, signup_id: uuid.UUID) -> ResponseReturnValue:
    """Take somebody off; the next in the queue is asked."""
    return _step(event_id, signup_id, lambda: signups.cancel(signup_id, actor=actor_id()), _("The place is free."))


@bp.post("/<uuid:event_id>/signups/<uuid:signup_id>/move")
@for_coordinators
def move_signup(event_id: uuid.UUID, signup_id: uuid.UUID) -> ResponseReturnValue:
    """Into another shift."""
    try:
        target = shift_for(event_for(event_id), uuid.UUID(request.form.get("shift", ""))).id
    except ValueError:
        raise NotFound from None
    return _step(event_id, signup_id, lambda: signups.move(signup_id, target, actor=actor_id()), _("Moved."))


@bp.post("/<uuid:event_id>/signups/<uuid:signup_id>/attendance")
@for_coordinators
def attend(event_id: uuid.UUID, signup_id: uuid.UUID) -> ResponseReturnValue:
    """Came, did not come, or not known after all."""
    typed = request.form.get("attendance", "")
    word = Attendance(typed) if typed in set(Attendance) else Attendance.UNKNOWN
    return _step(event_id, signup_id, lambda: attending.note(signup_id, word, actor=actor_id()), _("Noted."))


@bp.get("/<uuid:event_id>/sheet")
@for_coordinators
def show_sheet(event_id: uuid.UUID) -> ResponseReturnValue:
    """Names, shifts and boxes to tick, for paper."""
    event = event_for(event_id)
    found = session.scalars(queries.signups_of(event_id, state=SignupState.CONFIRMED).limit(MOST_ON_SHEET)).all()
    take_shown(sum(1 for each in found if each.name_sealed))
    by_shift: list[tuple[EventShift, list[str]]] = [
        (shift, sorted((entering.name_of(each) for each in found if each.shift_id == shift.id), key=str.casefold))
        for shift in queries.list_shifts(event_id)
    ]
    return render_template(
        "activities/staff/sheet.html", event=event, by_shift=by_shift, venue=venue_of(event), **words()
    )  # fmt: skip


def _step(event_id: uuid.UUID, signup_id: uuid.UUID, act: Callable[[], None], done: str) -> ResponseReturnValue:
    event, signup = event_for(event_id), session.get(EventSignup, signup_id)
    if signup is None or signup.event_id != event.id:
        raise NotFound
    try:
        with transaction():
            act()
    except DomainError as problem:
        session.expire_all()
        return event_page(event_for(event_id), told(problem)), 409
    flash(done)
    if request.form.get("page", "").isdecimal():
        return redirect(url_for("events_staff.show_event", event_id=event_id, page=request.form["page"]), 303)
    return back_to(event_id)
