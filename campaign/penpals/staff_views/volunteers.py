"""Volunteers as coordinators see them: who waits for an answer, who one of them is, and the next step of each."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import id_in, one_line
from campaign.penpals import policy
from campaign.penpals.forms.assignment_words import STATE_WORDS as ASSIGNMENT_WORDS
from campaign.penpals.forms.group_words import ROLE_WORDS, language_words
from campaign.penpals.forms.writers import (
    AVOID_WORDS,
    CHANNEL_WORDS,
    LANGUAGE_WORDS,
    MODE_WORDS,
    PLACE_WORDS,
    STATE_WORDS,
)
from campaign.penpals.queries import groups as groups_queries
from campaign.penpals.queries import writers as queries
from campaign.penpals.service import writers
from campaign.people.models import AT_WORK, MOST_TRUST, VolunteerState
from campaign.people.service import volunteers
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.paging import paginate

bp = Blueprint("volunteers_staff", __name__)
for_coordinators = requires(*policy.COORDINATORS)
LONGEST_SEARCH = 40
MOST_AT_ONCE = 100
STEPS = (VolunteerState.SCREENING, VolunteerState.PROBATION, VolunteerState.ACTIVE, VolunteerState.INACTIVE)
"""Those a coordinator takes; pauses and leaving are the volunteer's own."""


@bp.get("")
@for_coordinators
def list_volunteers() -> ResponseReturnValue:
    """Everybody who helps or would like to, known by a pseudonym alone; what narrows the list stands in the address."""
    return _list_page()


@bp.post("/together")
@for_coordinators
def move_together() -> ResponseReturnValue:
    """Take the ticked ones a step on; whoever is elsewhere by now stays there, and the page says how many."""
    to, chosen = _step_asked(), _chosen()
    if to not in {VolunteerState.SCREENING, VolunteerState.PROBATION} or not chosen:
        return _list_page(_("Tick at least one volunteer.")), 422
    moved = sum(_moved(each, to) for each in chosen)
    flash(ngettext("%(num)s volunteer is a step on.", "%(num)s volunteers are a step on.", moved))
    if moved < len(chosen):
        flash(
            ngettext(
                "%(num)s stayed where they are: the step is not open to them, or somebody was quicker.",
                "%(num)s stayed where they are: the step is not open to them, or somebody was quicker.",
                len(chosen) - moved,
            )
        )
    return redirect(url_for("volunteers_staff.list_volunteers", state=request.form.get("was") or None), 303)


@bp.get("/<uuid:volunteer_id>")
@for_coordinators
def show_volunteer(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """One volunteer: what they offer, to whom they write, where they belong, and their way so far."""
    return _page(volunteer_id)


@bp.post("/<uuid:volunteer_id>/step")
@for_coordinators
def move_volunteer(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """Take one step on, or out."""
    to, reason = _step_asked(), one_line(request.form.get("reason", ""), volunteers.LONGEST_REASON)
    if to is None:
        raise NotFound
    try:
        with transaction():
            writers.move_on(volunteer_id, to, actor=current_user.id, reason=reason, seen_version=_seen())
    except DomainError as problem:
        return _page(volunteer_id, _(problem.message)), 409
    flash(_("Noted."))
    return redirect(url_for("volunteers_staff.show_volunteer", volunteer_id=volunteer_id), 303)


@bp.post("/<uuid:volunteer_id>/resume")
@for_coordinators
def resume_volunteer(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """End a pause before its day."""
    try:
        with transaction():
            writers.resume(volunteer_id, actor=current_user.id, seen_version=_seen())
    except DomainError as problem:
        return _page(volunteer_id, _(problem.message)), 409
    flash(_("The pause is over."))
    return redirect(url_for("volunteers_staff.show_volunteer", volunteer_id=volunteer_id), 303)


@bp.post("/<uuid:volunteer_id>/trust")
@for_coordinators
def set_trust(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """Say how well somebody is known."""
    trust = request.form.get("trust", "")
    if not trust.isdecimal() or int(trust[:3]) > MOST_TRUST:
        return _page(volunteer_id, _("Choose how well they are known.")), 422
    try:
        with transaction():
            volunteers.set_trust(volunteer_id, int(trust), actor=current_user.id, seen_version=_seen())
    except DomainError as problem:
        return _page(volunteer_id, _(problem.message)), 409
    flash(_("Saved."))
    return redirect(url_for("volunteers_staff.show_volunteer", volunteer_id=volunteer_id), 303)


def _moved(volunteer_id: uuid.UUID, to: VolunteerState) -> bool:
    try:
        with transaction():
            writers.move_on(volunteer_id, to, actor=current_user.id)
    except DomainError:
        return False
    return True


def _list_page(problem: str = "") -> str:
    asked = {name: request.args.get(name, "") for name in ("state", "language", "mode", "trust", "group", "sort")}
    wanted = queries.Wanted(
        text=one_line(request.args.get("q", ""), LONGEST_SEARCH), state=asked["state"], language=asked["language"],
        mode=asked["mode"], trust=int(asked["trust"]) if asked["trust"] in {"0", "1", "2"} else None,
        group=id_in(asked["group"]), sort=asked["sort"] or "-since",
    )  # fmt: skip
    return render_template(
        "penpals/staff/volunteers/list.html", page=paginate(queries.select_volunteers(wanted), whole_rows=True),
        problem=problem, search=wanted.text, asked=asked, waiting=queries.count_in(VolunteerState.APPLIED),
        groups=groups_queries.list_names(current_language()), states=VolunteerState, trust_words=_trust_words(),
        state_words=STATE_WORDS, mode_words=MODE_WORDS, spoken=LANGUAGE_WORDS, language_words=language_words,
    )  # fmt: skip


def _page(volunteer_id: uuid.UUID, problem: str = "") -> str:
    found = queries.find_writer(volunteer_id)
    if found is None:
        raise NotFound
    volunteer, profile = found
    open_steps = volunteers.STEPS[VolunteerState(volunteer.state)]
    is_resting = volunteer.state == VolunteerState.PAUSED
    return render_template(
        "penpals/staff/volunteers/show.html", volunteer=volunteer, profile=profile, problem=problem,
        steps=[each for each in STEPS if each in open_steps and not (is_resting and each in AT_WORK)],
        is_resting=is_resting, way=queries.list_way(volunteer_id), name_in=current_language(),
        written_to=queries.list_assignments(volunteer_id), memberships=queries.list_memberships(volunteer_id),
        state_words=STATE_WORDS, mode_words=MODE_WORDS, place_words=PLACE_WORDS, channel_words=CHANNEL_WORDS,
        avoid_words=AVOID_WORDS, role_words=ROLE_WORDS, assignment_words=ASSIGNMENT_WORDS,
        language_words=language_words, step_words=_step_words(), trust_words=_trust_words(),
        answer_by=writers.answer_by(volunteer) if volunteer.state == VolunteerState.APPLIED else None,
    )  # fmt: skip


def _step_words() -> dict[VolunteerState, str]:
    return {
        VolunteerState.SCREENING: _("Begin to get to know them"), VolunteerState.PROBATION: _("Accept on probation"),
        VolunteerState.ACTIVE: _("The probation is over"), VolunteerState.INACTIVE: _("They write no more"),
    }  # fmt: skip


def _trust_words() -> dict[int, str]:
    return {0: _("new"), 1: _("known"), 2: _("known well, also for sensitive people")}


def _step_asked() -> VolunteerState | None:
    asked = request.form.get("to", "")
    return VolunteerState(asked) if asked in set(STEPS) else None


def _chosen() -> list[uuid.UUID]:
    found = (id_in(each) for each in request.form.getlist("volunteer")[:MOST_AT_ONCE])
    return [each for each in found if each is not None]


def _seen() -> int | None:
    seen = request.form.get("version", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None
