"""One application: entered, opened, verified, scored, withdrawn."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.needs.queries.needs import approved_needs, find_need
from campaign.rounds.forms.rounds import ApplicationForm, ScoreForm, VerdictForm
from campaign.rounds.forms.words import CATEGORY_WORDS
from campaign.rounds.models import ApplicationState, GrantRound, RoundState
from campaign.rounds.queries import rounds as queries
from campaign.rounds.service import applications as service
from campaign.rounds.staff_views.blueprint import bp, for_enterers, for_readers, shared_words
from campaign.web.guards import fresh
from campaign.web.opened import is_opened, open_on_record
from campaign.web.steps import actor_id, step, told

LIVE = frozenset({RoundState.OPEN, RoundState.VERIFICATION, RoundState.SCORING})


@bp.route("/<uuid:round_id>/applications/new", methods=["GET", "POST"])
@for_enterers
def enter_application(round_id: uuid.UUID) -> ResponseReturnValue:
    """Enter an application."""
    found, form = queries.get_round(round_id), ApplicationForm()
    taken = set(queries.needs_in(round_id))
    form.offer(
        [
            (each.id, f"{each.code} {CATEGORY_WORDS[each.category]}", each.category)
            for each in approved_needs() if each.id not in taken
        ],
        found.currency,
    )  # fmt: skip
    if not form.validate_on_submit():
        return _enter_page(form, found), 422 if form.errors else 200
    try:
        with transaction():
            made = service.enter(round_id, form.draft(), actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        return _enter_page(form, queries.get_round(round_id), told(problem)), 409
    flash(_("Entered as %(code)s.", code=made.code))
    return redirect(_url(round_id, made.id), 303)


@bp.get("/<uuid:round_id>/applications/<uuid:application_id>")
@for_readers
def show_application(round_id: uuid.UUID, application_id: uuid.UUID) -> str:
    """One application, and what whoever looks can do."""
    return application_page(round_id, application_id)


@bp.post("/<uuid:round_id>/applications/<uuid:application_id>/open")
@for_readers
@fresh
def open_application(round_id: uuid.UUID, application_id: uuid.UUID) -> ResponseReturnValue:
    """Open what it says, which is on record."""
    open_on_record(_about(application_id), lambda: service.look(round_id, application_id, actor=actor_id()), actor_id())
    return redirect(_url(round_id, application_id), 303)


@bp.post("/<uuid:round_id>/applications/<uuid:application_id>/verify")
@for_readers
def verify_application(round_id: uuid.UUID, application_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether it can be decided on."""
    form = VerdictForm()
    if not form.validate():
        return application_page(round_id, application_id, verdict=form), 422
    return step(
        lambda: service.verify(
            round_id, application_id, is_eligible=form.verdict.data == "yes", reason=form.reason.data or "",
            actor=actor_id(),
        ),
        _("Noted."), url_for("rounds_staff.show_round", round_id=round_id),
        lambda problem: application_page(round_id, application_id, problem, verdict=form),
    )  # fmt: skip


@bp.post("/<uuid:round_id>/applications/<uuid:application_id>/score")
@for_readers
def score_application(round_id: uuid.UUID, application_id: uuid.UUID) -> ResponseReturnValue:
    """Score it, or change one's score."""
    form = ScoreForm()
    if not form.validate():
        return application_page(round_id, application_id, score=form), 422
    return step(
        lambda: service.score(
            round_id, application_id, int(form.points.data), form.note.data or "", actor=actor_id()
        ),
        _("Your score is noted. Others do not see it before the split."),
        url_for("rounds_staff.show_round", round_id=round_id),
        lambda problem: application_page(round_id, application_id, problem, score=form),
    )  # fmt: skip


@bp.post("/<uuid:round_id>/applications/<uuid:application_id>/withdraw")
@for_enterers
def withdraw_application(round_id: uuid.UUID, application_id: uuid.UUID) -> ResponseReturnValue:
    """They do not apply any more."""
    return step(
        lambda: service.withdraw(round_id, application_id, actor=actor_id()), _("Withdrawn."),
        _url(round_id, application_id), lambda problem: application_page(round_id, application_id, problem),
    )  # fmt: skip


def application_page(
    round_id: uuid.UUID, application_id: uuid.UUID, problem: str = "", *, verdict: VerdictForm | None = None,
    score: ScoreForm | None = None,
) -> str:  # fmt: skip
    """The page, with what stood in the way of the last step."""
    found, application = queries.get_round(round_id), queries.get_application(round_id, application_id)
    is_open, given = is_opened(_about(application_id)), queries.own_scores(round_id, actor_id()).get(application_id)
    # One's own note is about somebody, too: it is read again only where the application lies open.
    is_noted = score is None and given is not None and given.note_sealed is not None and not is_open
    if score is None:
        score = ScoreForm(formdata=None)
        score.show(None if is_noted else given)
    people = {each for each in (application.entered_by, application.verified_by) if each}
    return render_template(
        "rounds/staff/application.html", found=found, application=application, problem=problem, is_open=is_open,
        said=service.words_of(application) if is_open else "",
        reason=service.reason_of(application) if is_open else "", need=_need(application.need_id),
        verdict=verdict or VerdictForm(formdata=None), score=score, given=given,
        is_noted=is_noted, names=names_of(people),
        is_mine=application.entered_by == actor_id(), is_live=found.state in LIVE and found.proposal is None,
        may_verify=found.state == RoundState.VERIFICATION and application.state != ApplicationState.WITHDRAWN,
        may_score=found.state == RoundState.SCORING and found.proposal is None
        and application.state == ApplicationState.ELIGIBLE,
        **shared_words(),
    )  # fmt: skip


def _enter_page(form: ApplicationForm, found: GrantRound, problem: str = "") -> str:
    return render_template("rounds/staff/enter.html", form=form, found=found, problem=problem, **shared_words())


def _need(need_id: uuid.UUID | None) -> object:
    return find_need(need_id) if need_id is not None else None


def _about(application_id: uuid.UUID) -> str:
    return f"application:{application_id}"


def _url(round_id: uuid.UUID, application_id: uuid.UUID) -> str:
    return url_for("rounds_staff.show_application", round_id=round_id, application_id=application_id)
