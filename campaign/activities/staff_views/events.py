"""Events for coordinators: the list, planning one, changing it, calling it off."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.activities.forms.staff_events import EventForm
from campaign.activities.models import Event, EventKind, EventState
from campaign.activities.queries import events as queries
from campaign.activities.queries import get_event
from campaign.activities.service import events
from campaign.activities.staff_views.event_page import back_to, bp, event_for, event_page, for_coordinators, words
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.registry import role_scopes
from campaign.kernel.text import one_line
from campaign.people import policy
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100


@bp.get("")
@for_coordinators
def list_events() -> ResponseReturnValue:
    """Events ahead or past; all of it in the address."""
    within = current_user.subjects_of(policy.SCOPE, *policy.READERS)
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    when = "past" if request.args.get("when") == "past" else "ahead"
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    kind, state = kind if kind in set(EventKind) else "", state if state in set(EventState) else ""
    page = paginate(
        queries.staff_events(within=within, today=clock.today(), when=when, kind=kind, state=state, search=search)
    )
    return render_template(
        "activities/staff/list.html", page=page, when=when, kind=kind, state=state, search=search, **words(),
        places=queries.places_of([each.id for each in page.items]),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_coordinators
def plan_event() -> ResponseReturnValue:
    """Plan one that is no letter evening: those are planned with their cards."""
    form = _form(None)
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    with transaction():
        event = events.create_event(
            EventKind(form.kind.data), form.draft(), actor=actor_id(), details=form.details(), places=form.places.data
        )
    flash(_("The event is planned."))
    return back_to(event.id)


@bp.route("/<uuid:event_id>/edit", methods=["GET", "POST"])
@for_coordinators
def edit_event(event_id: uuid.UUID) -> ResponseReturnValue:
    """Change what it says."""
    event = event_for(event_id)
    form = _form(event)
    if not form.is_submitted():
        form.show(event)
    if not form.validate_on_submit():
        return _edit_page(form, event), 422 if form.errors else 200
    try:
        with transaction():
            events.describe_event(
                event_id, form.draft(), form.details(), seen_version=form.seen_version, actor=actor_id()
            )
    except DomainError as problem:
        session.expire_all()
        form.version.data = str(get_event(event_id).version)
        return _edit_page(form, get_event(event_id), told(problem)), 409
    flash(_("The event is saved."))
    return back_to(event_id)


@bp.post("/<uuid:event_id>/cancel")
@for_coordinators
def cancel(event_id: uuid.UUID) -> ResponseReturnValue:
    """Call it off; whoever signed up is told. A letter evening is called off where its cards are."""
    event = event_for(event_id)
    if event.kind == EventKind.LETTER_EVENING:
        return back_to(event_id)
    try:
        with transaction():
            events.cancel_event(get_event(event_id, lock=True), actor=actor_id())
    except DomainError as problem:
        return event_page(event, told(problem)), 409
    flash(_("The event is called off, and everybody who signed up is told."))
    return back_to(event_id)


@bp.post("/<uuid:event_id>/held")
@for_coordinators
def held(event_id: uuid.UUID) -> ResponseReturnValue:
    """It took place."""
    event = event_for(event_id)
    if event.kind == EventKind.LETTER_EVENING:
        return back_to(event_id)
    try:
        with transaction():
            events.mark_held(get_event(event_id, lock=True), actor=actor_id())
    except DomainError as problem:
        return event_page(event, told(problem)), 409
    flash(_("Noted: it took place."))
    return back_to(event_id)


def _form(event: Event | None) -> EventForm:
    form = EventForm()
    within = current_user.subjects_of(policy.SCOPE, *policy.READERS)
    groups = [each for each in role_scopes[policy.SCOPE].list_subjects() if within is None or each[0] in within]
    if event is not None:
        known = {each for each, _name in groups}
        if event.group_id is not None and event.group_id not in known:
            groups += list(role_scopes[policy.SCOPE].names_of(frozenset({event.group_id})).items())
        del form.kind, form.places
    form.offer_groups(groups, may_be_none=within is None)
    return form


def _edit_page(form: EventForm, event: Event | None, problem: str = "") -> str:
    return render_template("activities/staff/edit.html", form=form, event=event, problem=problem, **words())
