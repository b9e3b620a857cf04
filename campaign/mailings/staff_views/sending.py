"""To whom a mailing goes and when, the yes of a second person, and what one can do while it leaves."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.kernel.registry import PersonPanel
from campaign.mailings import policy
from campaign.mailings.forms.setting import ApproveForm, AudienceForm, ScheduleForm
from campaign.mailings.models import UNDER_WAY, Audience, CountState, Mailing, MailingState, Variant
from campaign.mailings.queries import mailings as queries
from campaign.mailings.queries import progress
from campaign.mailings.queries.brakes import returns_of
from campaign.mailings.queries.trial import results_of
from campaign.mailings.service import counting, setting, states, watching
from campaign.mailings.service.sending import is_trial
from campaign.mailings.service.write import CHANGEABLE, lock_mailing
from campaign.mailings.staff_views.blueprint import (
    back_to,
    bp,
    for_watchers,
    for_writers,
    mailing_page,
    mailing_sections,
    shared_words,
)
from campaign.mailings.staff_views.checks import problems_of
from campaign.people.queries.segments import list_segments, titles_of
from campaign.petitions.queries import list_titles
from campaign.web.guards import fresh
from campaign.web.i18n import current_language
from campaign.web.steps import told


def _section(found: Mailing) -> PersonPanel | None:
    return PersonPanel("mailings/staff/sending/_section.html", {"sending": context_of(found)}, 10)


mailing_sections.register("sending", _section)


def context_of(found: Mailing) -> dict[str, Any]:
    """What the parts of a page say of the sending of one mailing."""
    may_write, is_over = policy.may_write(current_user), found.state in (MailingState.SENT, MailingState.STOPPED)
    has_begun = found.started_at is not None
    now = progress.progress_of(found) if has_begun else None
    count = counting.find_count(found) if not has_begun else None
    return {
        "may_write": may_write, "may_stop": policy.may_stop(current_user), "has_begun": has_begun, "is_over": is_over,
        "may_approve": policy.may_approve(current_user, written_by=found.written_by, proposed_by=found.proposed_by),
        "is_changeable": found.state in CHANGEABLE, "begins_at": states.begins_at(found), "now": now, "count": count,
        "audience": _audience_title(found) if may_write else "", "groups": progress.GROUPS,
        "is_counting": count is not None and count.state == CountState.WAITING,
        "is_owing": found.state in UNDER_WAY and found.owed_at is None,
        "ends_at": progress.ends_at(found) if found.state == MailingState.SENDING else None,
        "hours": progress.hours_of(found) if found.state in UNDER_WAY and found.by_local_time else [],
        "trial": results_of(found) if found.state in UNDER_WAY and is_trial(found) and found.trial_owed_at else None,
        "trial_ends_at": watching.trial_ends_at(found), "is_at_work": found.state == MailingState.SENDING,
        "many": states.MANY,
    }  # fmt: skip


@bp.route("/<uuid:mailing_id>/audience", methods=["GET", "POST"])
@for_writers
def choose_audience(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """To whom it goes."""
    found = queries.get_mailing(mailing_id)
    form = AudienceForm()
    segments = [(each.id, each.title) for each in list_segments(current_user.id)]
    if found.segment_id and found.segment_id not in dict(segments):
        segments += titles_of([found.segment_id]).items()
    form.offer(segments, list_titles(current_language()))
    if not form.is_submitted():
        form.show(found)

    def act() -> None:
        setting.set_audience(mailing_id, form.choice(), seen_version=form.seen_version, actor=current_user)

    if form.is_submitted() and form.validate():
        return _saved(mailing_id, act, "audience.html", form)
    return _form_page("audience.html", found, form), 422 if form.errors else 200


@bp.post("/<uuid:mailing_id>/count")
@for_writers
def count_audience(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Count anew who would get it."""

    def act() -> None:
        counting.ask_for_count(lock_mailing(mailing_id))

    return _acted(mailing_id, act, "")


@bp.route("/<uuid:mailing_id>/schedule", methods=["GET", "POST"])
@for_writers
def choose_schedule(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """When it begins, and whether two subjects are tried."""
    found, form = queries.get_mailing(mailing_id), ScheduleForm()
    if not form.is_submitted():
        form.show(found)
    chosen = form.schedule() if form.is_submitted() and form.validate() else None
    if form.is_submitted() and not form.errors and chosen is None:
        return _form_page("schedule.html", found, form, _("Say the day and the time.")), 422
    if chosen is None:
        return _form_page("schedule.html", found, form), 422 if form.errors else 200

    def act() -> None:
        setting.set_schedule(mailing_id, chosen, seen_version=form.seen_version, actor=current_user)

    return _saved(mailing_id, act, "schedule.html", form)


@bp.post("/<uuid:mailing_id>/propose")
@for_writers
@fresh
def propose(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Put it before a second person."""
    found = queries.get_mailing(mailing_id)
    problems, seen = problems_of(found), _seen_version()

    def act() -> None:
        states.propose(mailing_id, problems, seen_version=seen, actor=current_user)

    return _acted(mailing_id, act, _("It waits for a second person now. Changing anything makes it a draft again."))


@bp.get("/<uuid:mailing_id>/approve")
@for_writers
def look_at_proposed(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """What a second person says yes to, all on one page."""
    found = queries.get_mailing(mailing_id)
    if found.state != MailingState.PROPOSED:
        return back_to(mailing_id)
    return _approve_page(found, ApproveForm(version=str(found.version)))


@bp.post("/<uuid:mailing_id>/approve")
@for_writers
@fresh
def approve(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Say yes to it."""
    form = ApproveForm()
    try:
        with transaction():
            states.approve(mailing_id, typed=form.number, seen_version=form.seen_version, actor=current_user)
    except Conflict as problem:
        return mailing_page(queries.get_mailing(mailing_id), told(problem)), 409
    except states.NotReady as problem:
        return _approve_page(queries.get_mailing(mailing_id), form, told(problem)), 422
    flash(_("You said yes. It begins at its hour, and can be paused and stopped from then on."))
    return back_to(mailing_id)


@bp.post("/<uuid:mailing_id>/withdraw")
@for_writers
def withdraw(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Make it a draft again before anything has left."""
    return _acted(mailing_id, lambda: states.withdraw(mailing_id, actor=current_user), _("It is a draft again."))


@bp.post("/<uuid:mailing_id>/pause")
@for_watchers
def pause(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Let nothing more leave."""
    said = _("Paused. What was just on its way arrives; nothing else leaves.")
    return _acted(mailing_id, lambda: states.pause(mailing_id, actor=current_user), said)


@bp.post("/<uuid:mailing_id>/go-on")
@for_watchers
@fresh
def go_on(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Let a paused one leave again."""
    let_pass = returns_of(queries.get_mailing(mailing_id)).as_numbers()
    return _acted(mailing_id, lambda: states.go_on(mailing_id, let_pass=let_pass, actor=current_user), _("It goes on."))


@bp.post("/<uuid:mailing_id>/stop")
@for_watchers
def stop(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """End it for good."""
    said = _("Stopped. What has not left never leaves.")
    return _acted(mailing_id, lambda: states.stop(mailing_id, actor=current_user), said)


@bp.post("/<uuid:mailing_id>/winner")
@for_writers
def choose_winner(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """End the trial of two subjects."""
    chosen = request.form.get("variant", "")
    if chosen not in set(Variant):
        raise NotFound

    def act() -> None:
        watching.choose_winner(mailing_id, Variant(chosen), actor=current_user)

    return _acted(mailing_id, act, _("The rest gets this subject."))


@bp.get("/<uuid:mailing_id>/sending")
@for_watchers
def follow_sending(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """How far it is, on a page that follows it, with a script or without."""
    found = queries.get_mailing(mailing_id)
    if found.started_at is None:
        return redirect(url_for("mailings_staff.show_mailing", mailing_id=mailing_id), 303)
    return render_template(
        "mailings/staff/sending/follow.html", found=found, sending=context_of(found), problem="", **shared_words()
    )


@bp.get("/<uuid:mailing_id>/progress")
@for_watchers
def show_progress(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """The same as numbers, for the page that follows it."""
    found = queries.get_mailing(mailing_id)
    if found.started_at is None:
        count = counting.find_count(found)
        is_counting = count is not None and count.state == CountState.WAITING
        return jsonify(done=count.seen if count else 0, is_at_work=is_counting)
    return jsonify(done=progress.progress_of(found).done, is_at_work=found.state == MailingState.SENDING)


def _audience_title(found: Mailing) -> str:
    if found.audience == Audience.SIGNERS and found.petition_id:
        named = dict(list_titles(current_language(), frozenset({found.petition_id})))
        return named.get(found.petition_id, "")
    return titles_of([found.segment_id]).get(found.segment_id, "") if found.segment_id else ""


def _seen_version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def _acted(mailing_id: uuid.UUID, act: Callable[[], object], said: str) -> ResponseReturnValue:
    """One step, and back to the page; what stands in its way is told there."""
    try:
        with transaction():
            act()
    except NotFound:
        raise
    except Conflict as problem:
        return mailing_page(queries.get_mailing(mailing_id), told(problem)), 409
    except DomainError as problem:
        if not problem.message:
            raise
        return mailing_page(queries.get_mailing(mailing_id), told(problem)), 422
    if said:
        flash(said)
    return back_to(mailing_id, "sending-title")


def _saved(mailing_id: uuid.UUID, act: Callable[[], object], page: str, form: Any) -> ResponseReturnValue:
    """Save what was chosen; what stands in its way is told on the form, with all that was chosen in it."""
    try:
        with transaction():
            act()
    except Conflict as problem:
        return _form_page(page, queries.get_mailing(mailing_id), form, told(problem)), 409
    except NotFound:
        return _form_page(page, queries.get_mailing(mailing_id), form, _("What was chosen is gone: choose again.")), 422
    except setting.BadSetting as problem:
        return _form_page(page, queries.get_mailing(mailing_id), form, told(problem)), 422
    flash(_("Saved."))
    return back_to(mailing_id, "sending-title")


def _form_page(page: str, found: Mailing, form: Any, problem: str = "") -> str:
    return render_template(f"mailings/staff/sending/{page}", found=found, form=form, problem=problem, **shared_words())


def _approve_page(found: Mailing, form: ApproveForm, problem: str = "") -> str:
    return render_template(
        "mailings/staff/sending/approve.html", found=found, form=form, problem=problem, sending=context_of(found),
        texts=queries.texts_of(found.id), **shared_words(),
    )  # fmt: skip
