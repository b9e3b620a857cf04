"""What the staff views of events share: who may come in, and the page of one event with who signed up."""

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from campaign.activities.forms.event_words import KIND_WORDS, LANGUAGE_WORDS, SIGNUP_WORDS, hours_of, shift_name
from campaign.activities.forms.staff_events import ShiftForm
from campaign.activities.models import Event, EventKind, EventShift, EventState, SignupState
from campaign.activities.policy import can_be_held, can_edit
from campaign.activities.queries import events as queries
from campaign.activities.queries import get_event
from campaign.activities.service import entering
from campaign.activities.service.events import venue_of
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import Forbidden, NotFound
from campaign.people import policy
from campaign.people.staff_views.blueprint import take_shown
from campaign.web.guards import requires_some
from campaign.web.paging import paginate

bp = Blueprint("events_staff", __name__)
for_coordinators = requires_some(policy.SCOPE, *policy.READERS)
PER_PAGE = 50


def event_for(event_id: uuid.UUID) -> Event:
    """The event, for whoever coordinates its group or everything; others do not learn whether it exists."""
    has_all = current_user.has_role(*policy.READERS)
    try:
        event = get_event(event_id)
    except NotFound:
        if has_all:
            raise
        raise Forbidden from None
    mine = event.group_id is not None and current_user.has_role_in(policy.SCOPE, event.group_id, *policy.READERS)
    if not has_all and not mine:
        raise Forbidden
    return event


def shift_for(event: Event, shift_id: uuid.UUID) -> EventShift:
    """A shift of this event. Raises NotFound."""
    shift = session.get(EventShift, shift_id)
    if shift is None or shift.event_id != event.id:
        raise NotFound
    return shift


def back_to(event_id: uuid.UUID) -> ResponseReturnValue:
    """The event's page."""
    return redirect(url_for("events_staff.show_event", event_id=event_id), 303)


def event_page(event: Event, problem: str = "", form: ShiftForm | None = None) -> str:
    """The page, with what stood in the way of the last step."""
    state = request.args.get("state", "")
    state = state if state in {each.value for each in SIGNUP_WORDS} - {SignupState.PENDING} else ""
    page = paginate(queries.signups_of(event.id, state=state), per_page=PER_PAGE)
    take_shown(sum(1 for each in page.items if each.name_sealed))
    shifts = queries.list_shifts(event.id)
    return render_template(
        "activities/staff/show.html", event=event, problem=problem, page=page, state=state, shifts=shifts,
        names={each.id: entering.name_of(each) for each in page.items}, places=queries.places_of([event.id])[event.id],
        by_id={each.id: each for each in shifts}, signup_words=SIGNUP_WORDS, form=form or ShiftForm(formdata=None),
        venue=venue_of(event), can_edit=can_edit(event), can_be_held=can_be_held(event, clock.today()), **words(),
    )  # fmt: skip


def words() -> dict[str, Any]:
    """What the templates call things."""
    return {
        "kind_words": KIND_WORDS, "language_words": LANGUAGE_WORDS, "hours_of": hours_of, "shift_name": shift_name,
        "states": EventState, "kinds": EventKind,
    }  # fmt: skip
