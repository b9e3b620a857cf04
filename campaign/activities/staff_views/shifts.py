"""Shifts of an event, for coordinators: one more, another name, other hours or places, and one that goes away."""

import uuid
from collections.abc import Mapping

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.activities.forms.staff_events import ShiftForm, moment_of
from campaign.activities.models import Event, EventShift
from campaign.activities.models.signups import MOST_PLACES
from campaign.activities.policy import can_edit
from campaign.activities.queries import events as queries
from campaign.activities.service import entering, shifts, signups
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

MOVE, OFF = "move", "off"


@bp.post("/<uuid:event_id>/shifts")
@for_coordinators
def add_shift(event_id: uuid.UUID) -> ResponseReturnValue:
    """One more shift."""
    event, form = event_for(event_id), ShiftForm()
    if not form.validate():
        return event_page(event, form=form), 422
    draft = _draft(event, form)
    try:
        with transaction():
            shifts.add_shift(
                event_id, draft.title, draft.starts_at, draft.ends_at, draft.places, actor=actor_id()
            )  # fmt: skip
    except DomainError as problem:
        return event_page(event, told(problem)), 409
    flash(_("The shift is added."))
    return back_to(event_id)


@bp.post("/<uuid:event_id>/shifts/<uuid:shift_id>")
@for_coordinators
def size_shift(event_id: uuid.UUID, shift_id: uuid.UUID) -> ResponseReturnValue:
    """How many places it has; who would lose theirs is named first."""
    event = event_for(event_id)
    shift, typed = shift_for(event, shift_id), request.form.get("places", "")
    if not typed.isdecimal() or len(typed) > 4 or not 1 <= int(typed) <= MOST_PLACES:
        return event_page(event, _("Enter a whole number.")), 422
    try:
        with transaction():
            signups.set_capacity(shift_id, int(typed), actor=actor_id(), accepted=_accepted())
    except signups.WouldBump as problem:
        return _bump_page(event, shift, problem, {"places": typed})
    except DomainError as problem:
        return event_page(event, told(problem)), 409
    flash(_("The places are changed."))
    return back_to(event_id)


@bp.route("/<uuid:event_id>/shifts/<uuid:shift_id>/edit", methods=["GET", "POST"])
@for_coordinators
def edit_shift(event_id: uuid.UUID, shift_id: uuid.UUID) -> ResponseReturnValue:
    """Name, hours and places of a shift; who is in it hears of other hours."""
    event = event_for(event_id)
    shift, form = shift_for(event, shift_id), ShiftForm()
    if not form.is_submitted():
        form.show(shift, event.timezone)
    if not form.validate_on_submit():
        return _edit_page(event, shift, form), 422 if form.errors else 200
    try:
        with transaction():
            shifts.change_shift(shift_id, _draft(event, form), actor=actor_id(), accepted=_accepted())
    except signups.WouldBump as problem:
        kept = {name: request.form.get(name, "") for name in ("title", "starts", "ends", "places")}
        return _bump_page(event, shift, problem, kept)
    except DomainError as problem:
        return _edit_page(event, shift, form, told(problem)), 409
    flash(_("The shift is changed."))
    return back_to(event_id)


@bp.route("/<uuid:event_id>/shifts/<uuid:shift_id>/remove", methods=["GET", "POST"])
@for_coordinators
def remove_shift(event_id: uuid.UUID, shift_id: uuid.UUID) -> ResponseReturnValue:
    """Take a shift away; the page says first how many are in it, and what becomes of them."""
    event = event_for(event_id)
    shift = shift_for(event, shift_id)
    if request.method == "GET":
        return _removal_page(event, shift)
    to_shift = _target(event) if request.form.get("people") == MOVE else None
    try:
        with transaction():
            placed, waiting = shifts.remove_shift(shift_id, actor=actor_id(), seen=_seen(), to_shift=to_shift)
    except shifts.WouldRemove:
        session.expire_all()
        changed = _("Meanwhile somebody signed up or left. Look at the figures again.")
        return _removal_page(event, shift, changed), 409
    except DomainError as problem:
        return _removal_page(event, shift, told(problem)), 409
    if placed + waiting:
        flash(_("The shift is removed, and everybody who was in it is told."))
    else:
        flash(_("The shift is removed."))
    return back_to(event_id)


def _draft(event: Event, form: ShiftForm) -> shifts.ShiftDraft:
    starts, ends = (moment_of(event.held_on, each, event.timezone) for each in (form.starts, form.ends))
    return shifts.ShiftDraft(form.title.data or "", starts, ends, form.places.data)


def _accepted() -> set[uuid.UUID]:
    return {uuid.UUID(each) for each in request.form.getlist("bumped") if _is_id(each)}


def _seen() -> tuple[int, int]:
    placed, waiting = (request.form.get(name, "") for name in ("placed", "waiting"))
    read = [int(each) if each.isascii() and each.isdecimal() and len(each) < 6 else -1 for each in (placed, waiting)]
    return read[0], read[1]


def _target(event: Event) -> uuid.UUID:
    typed = request.form.get("shift", "")
    if not _is_id(typed):
        raise NotFound
    return shift_for(event, uuid.UUID(typed)).id


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _bump_page(
    event: Event, shift: EventShift, problem: signups.WouldBump, kept: Mapping[str, str]
) -> ResponseReturnValue:
    """Who loses their place; `kept` is what the form said, to be said again with the consent."""
    take_shown(len(problem.who))
    names = [(each.id, entering.name_of(each)) for each in problem.who]
    action = url_for(request.endpoint or "", event_id=event.id, shift_id=shift.id)
    page = render_template(
        "activities/staff/bump.html", event=event, kept=kept, places=int(kept["places"]), names=names, action=action,
        **words(),
    )  # fmt: skip
    return page, 200


def _edit_page(event: Event, shift: EventShift, form: ShiftForm, problem: str = "") -> str:
    return render_template(
        "activities/staff/shift.html", event=event, shift=shift, form=form, problem=problem,
        can_be_changed=can_edit(event), is_last=len(queries.list_shifts(event.id)) == 1, **words(),
    )  # fmt: skip


def _removal_page(event: Event, shift: EventShift, problem: str = "") -> str:
    placed, waiting = signups.people_in(shift)
    places = queries.places_of([event.id])[event.id]
    others = [each for each in queries.list_shifts(event.id) if each.id != shift.id]
    return render_template(
        "activities/staff/remove_shift.html", event=event, shift=shift, placed=placed, waiting=waiting, places=places,
        others=others, problem=problem, can_be_changed=can_edit(event), **words(),
    )  # fmt: skip
