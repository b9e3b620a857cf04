"""A writer's own pages: whom they are asked about, whom they write to, and what they can do about it."""

import uuid
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.views.visitor import signed_in
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.penpals.forms.assignment_words import END_WORDS, HEALTH_WORDS, STATE_WORDS, event_words
from campaign.penpals.forms.assignments import DeclineForm, EndForm, LetterForm, PauseForm
from campaign.penpals.models import Assignment, EndReason
from campaign.penpals.queries import assignments as queries
from campaign.penpals.queries.birthdays import birthday_ahead
from campaign.penpals.queries.noted import Noted, find_last_noted
from campaign.penpals.queries.writers import find_own
from campaign.penpals.service import assignments as service
from campaign.penpals.service.assignments.letters import OLDEST, report_letter
from campaign.penpals.service.assignments.letters import take_back_letter as service_take_back
from campaign.penpals.service.assignments.running import LONGEST_PAUSE
from campaign.people.models import Volunteer
from campaign.prisoners.models import PrisonerState
from campaign.web.i18n import day_of

bp = Blueprint("own_assignments", __name__)
WORDS: dict[str, Any] = {
    "state_words": STATE_WORDS, "health_words": HEALTH_WORDS, "end_words": END_WORDS, "event_words": event_words,
    "PrisonerState": PrisonerState, "birthday_of": birthday_ahead,
}  # fmt: skip


@bp.get("")
def list_own() -> ResponseReturnValue:
    """Everybody one is asked about or writes to, and who that was."""
    found = find_own(signed_in().id)
    rows = queries.list_own(found[0].id) if found else []
    return render_template(
        "penpals/own/list.html", volunteer=found[0] if found else None, profile=found[1] if found else None,
        asked=[row for row in rows if row[0].state == "offered"],
        running=[row for row in rows if row[0].state in {"accepted", "active", "paused"}],
        over=[row for row in rows if not row[0].is_live][: queries.MOST_SHOWN_ENDED], letter=LetterForm.today(),
        today=clock.today(), earliest=clock.today() - OLDEST, noted_of=_noted_of, **WORDS,
    )  # fmt: skip


@bp.get("/<uuid:assignment_id>")
def show_own(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """One of one's own with its history and what can be done."""
    return _page(assignment_id)


@bp.post("/<uuid:assignment_id>/accept")
def accept(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Say yes."""
    try:
        with transaction():
            service.accept(assignment_id, actor=signed_in().id, volunteer_id=_me().id)
    except DomainError as problem:
        return _refused(assignment_id, problem)
    flash(_("Thank you. Your first letter can go; here stands by when."))
    return _back(assignment_id)


@bp.post("/<uuid:assignment_id>/decline")
def decline(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Say no."""
    form = DeclineForm()
    reason = form.reason.data if form.validate() else ""
    try:
        with transaction():
            service.decline(assignment_id, actor=signed_in().id, volunteer_id=_me().id, reason=reason or "")
    except DomainError as problem:
        return _refused(assignment_id, problem)
    flash(_("Noted, and thank you for answering. We ask somebody else."))
    return redirect(url_for("own_assignments.list_own"), 303)


@bp.post("/<uuid:assignment_id>/letter")
def note_letter(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a letter left."""
    form = LetterForm()
    if not form.validate() or form.on.data is None:
        return _page(assignment_id, letter=form), 422
    try:
        with transaction():
            report_letter(assignment_id, form.on.data, volunteer_id=_me().id, actor=signed_in().id)
    except DomainError as problem:
        return _refused(assignment_id, problem, letter=form)
    flash(_("Noted: a letter left on %(day)s. Thank you.", day=day_of(form.on.data)))
    return _back(assignment_id)


@bp.post("/<uuid:assignment_id>/letter/back")
def take_back_letter(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the letter noted today has not left."""
    try:
        with transaction():
            day = service_take_back(assignment_id, volunteer_id=_me().id, actor=signed_in().id)
    except DomainError as problem:
        return _refused(assignment_id, problem)
    flash(_("Taken back: no letter left on %(day)s. Everything is as it was before.", day=day_of(day)))
    return _back(assignment_id)


@bp.post("/<uuid:assignment_id>/pause")
def pause(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Let nothing be due for a while."""
    form = PauseForm()
    if not form.validate() or form.until.data is None:
        return _page(assignment_id, pause=form), 422
    try:
        with transaction():
            service.pause(assignment_id, form.until.data, actor=signed_in().id, volunteer_id=_me().id)
    except DomainError as problem:
        return _refused(assignment_id, problem, pause=form)
    flash(_("Paused. Nothing is due until %(day)s.", day=day_of(form.until.data)))
    return _back(assignment_id)


@bp.post("/<uuid:assignment_id>/resume")
def resume(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Go on."""
    try:
        with transaction():
            service.resume(assignment_id, actor=signed_in().id, volunteer_id=_me().id)
    except DomainError as problem:
        return _refused(assignment_id, problem)
    flash(_("Good to have you back."))
    return _back(assignment_id)


@bp.post("/<uuid:assignment_id>/end")
def end(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Come to an end."""
    form = EndForm()
    if not form.validate():
        return _page(assignment_id, ending=form), 422
    try:
        with transaction():
            service.end(
                assignment_id, EndReason(form.reason.data), actor=signed_in().id, volunteer_id=_me().id,
                wants_another=bool(form.wants_another.data),
            )  # fmt: skip
    except DomainError as problem:
        return _refused(assignment_id, problem, ending=form)
    flash(_("It has ended, and somebody else will be asked to go on. Thank you for every letter."))
    return redirect(url_for("own_assignments.list_own"), 303)


@bp.post("/<uuid:assignment_id>/another")
def ask_for_another(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for somebody else after an end."""
    queries.get_own(assignment_id, _me().id)
    with transaction():
        service.ask_for_another(assignment_id, actor=signed_in().id)
    flash(_("Noted. As soon as somebody fits, you are asked here."))
    return redirect(url_for("own_assignments.list_own"), 303)


def _me() -> Volunteer:
    """The writer behind the account. Raises NotFound for whoever is none: nothing here is theirs."""
    found = find_own(signed_in().id)
    if found is None:
        raise NotFound
    return found[0]


def _page(
    assignment_id: uuid.UUID, problem: str = "", *, letter: LetterForm | None = None, pause: PauseForm | None = None,
    ending: EndForm | None = None,
) -> str:  # fmt: skip
    assignment, prisoner = queries.get_own(assignment_id, _me().id)
    forms = [each for each in (letter, pause, ending) if each is not None and each.errors]
    today = clock.today()
    return render_template(
        "penpals/own/show.html", assignment=assignment, prisoner=prisoner, problem=problem, wrong=forms,
        events=queries.list_events(assignment_id), letter=letter or LetterForm.today(),
        has_successor=queries.is_taken_over(assignment_id),
        pause=pause or PauseForm.of_a_month(), ending=ending or EndForm(formdata=None),
        declining=DeclineForm(formdata=None), today=today, earliest=max(assignment.created_on, today - OLDEST),
        tomorrow=today + timedelta(days=1), latest=today + LONGEST_PAUSE, noted_of=_noted_of, **WORDS,
    )  # fmt: skip


def _noted_of(assignment: Assignment) -> Noted | None:
    """The letter that was noted today, if it can be taken back."""
    return find_last_noted(assignment.id, clock.today())


def _refused(assignment_id: uuid.UUID, problem: DomainError, **forms: Any) -> ResponseReturnValue:
    if isinstance(problem, NotFound):
        raise problem
    return _page(assignment_id, str(_(problem.message)), **forms), 409


def _back(assignment_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("own_assignments.show_own", assignment_id=assignment_id), 303)
