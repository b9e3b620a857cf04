"""Incidents: everybody in charge sees that there are some, those who work on one read it, which is on record."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.kernel.text import one_line
from campaign.letters import policy
from campaign.letters.forms.replies import LONGEST_REASON, StepForm
from campaign.letters.forms.reply_words import INCIDENT_STATE_WORDS, INCIDENT_WORDS
from campaign.letters.models import IncidentState
from campaign.letters.queries import incidents as queries
from campaign.letters.service import incidents as service
from campaign.prisoners.queries import get_prisoner
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.opened import is_opened, note_opened
from campaign.web.paging import paginate

bp = Blueprint("incidents_staff", __name__)
for_readers = requires(*policy.INCIDENT_READERS)
for_workers = requires(*policy.REPLY_WORKERS)
WORDS = {"incident_words": INCIDENT_WORDS, "state_words": INCIDENT_STATE_WORDS}


@bp.get("")
@for_readers
def list_incidents() -> ResponseReturnValue:
    """That there are incidents; of which kind is for coordinators alone, and what they say for those at work."""
    state = request.args.get("state", "")
    page = paginate(queries.select_incidents(state))
    handlers = queries.handlers_of(page.items)
    return render_template(
        "letters/staff/incidents/list.html", page=page, state=state, states=IncidentState, handlers=handlers,
        may_take=policy.can_take_incident(current_user), names=names_of(set().union(*handlers.values())), **WORDS,
    )  # fmt: skip


@bp.get("/<uuid:incident_id>")
@for_workers
def show_incident(incident_id: uuid.UUID) -> ResponseReturnValue:
    """One of them: its words for those who work on it, else how to become one of them."""
    return _page(incident_id)


@bp.post("/<uuid:incident_id>/take")
@for_workers
def take_incident(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Work on it, and so read it."""
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    try:
        with transaction():
            service.take(incident_id, reason, actor=current_user.id)
    except NotFound:
        raise
    except DomainError as problem:
        return _page(incident_id, _(problem.message)), 422
    note_opened(_about(incident_id))
    flash(_("You work on this now."))
    return _back(incident_id)


@bp.post("/<uuid:incident_id>/read")
@for_workers
def read_incident(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Open its words, for whoever works on it."""
    with transaction():
        service.read(incident_id, actor=current_user.id)
    note_opened(_about(incident_id))
    return _back(incident_id)


@bp.post("/<uuid:incident_id>/step")
@for_workers
def step_incident(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what was done, and where it stands now."""
    form = StepForm()
    if not form.validate():
        return _page(incident_id, form=form), 422
    if form.state.data not in set(IncidentState):
        raise NotFound
    try:
        with transaction():
            service.step(
                incident_id, IncidentState(form.state.data), form.words.data or "", actor=current_user.id,
                seen_version=form.seen_version,
            )  # fmt: skip
    except (NotFound, Forbidden):
        raise
    except DomainError as problem:
        return _page(incident_id, _(problem.message), form=form), 409
    flash(_("Noted."))
    return _back(incident_id)


def _page(incident_id: uuid.UUID, problem: str = "", form: StepForm | None = None) -> str:
    incident, handlers = queries.get_incident(incident_id), queries.list_handlers(incident_id)
    reads = policy.can_read_incident(current_user, handlers)
    is_open = reads and is_opened(_about(incident_id))
    steps = queries.list_steps(incident_id)
    return render_template(
        "letters/staff/incidents/show.html", incident=incident, reads=reads, is_open=is_open, problem=problem,
        note=service.note_of(incident) if is_open else "", erased_on=service.erased_on(incident), kept=service,
        steps=[(each, service.words_of(each) if is_open else "") for each in steps], names=names_of(set(handlers)),
        form=form or StepForm(formdata=None), person=get_prisoner(incident.prisoner_id) if reads else None,
        following=service.STEPS[IncidentState(incident.state)], language=current_language(), **WORDS,
    )  # fmt: skip


def _about(incident_id: uuid.UUID) -> str:
    return f"incident:{incident_id}"


def _back(incident_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("incidents_staff.show_incident", incident_id=incident_id), 303)
