"""What officials answered: recorded by one organiser, published by another."""

import uuid

from flask import Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.appeals.forms.staff import AnswerForm, StepForm
from campaign.appeals.models import Appeal, AppealAnswer, Target
from campaign.appeals.queries import staff as queries
from campaign.appeals.service import answers as service
from campaign.appeals.service.errors import NeedsSecondPerson
from campaign.appeals.staff_views.blueprint import back_to, bp, for_organisers, shared_words
from campaign.appeals.staff_views.room import appeal_page
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.kernel.text import id_in
from campaign.web.guards import fresh
from campaign.web.i18n import current_language
from campaign.web.pictures import picture_response
from campaign.web.steps import actor_id, told

STEPS = {"publish": service.publish_answer, "take-back": service.take_back_answer}


@bp.route("/<uuid:appeal_id>/answers/new", methods=["GET", "POST"])
@for_organisers
def create_answer(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Write an answer down."""
    return _edit(queries.get_appeal(appeal_id), None)


@bp.route("/<uuid:appeal_id>/answers/<uuid:answer_id>", methods=["GET", "POST"])
@for_organisers
def edit_answer(appeal_id: uuid.UUID, answer_id: uuid.UUID) -> ResponseReturnValue:
    """Change an answer; a second person publishes it anew."""
    return _edit(queries.get_appeal(appeal_id), _answer(appeal_id, answer_id))


@bp.post("/<uuid:appeal_id>/answers/<uuid:answer_id>/<any('publish','take-back'):name>")
@for_organisers
def step_answer(appeal_id: uuid.UUID, answer_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Publish it as it was read, or show it no longer."""
    appeal, answer, form = queries.get_appeal(appeal_id), _answer(appeal_id, answer_id), StepForm()
    try:
        with transaction():
            STEPS[name](appeal, answer, seen_version=form.seen_version, actor=actor_id())
    except NeedsSecondPerson as problem:
        return appeal_page(queries.get_appeal(appeal_id), told(problem)), 403
    except DomainError as problem:
        return appeal_page(queries.get_appeal(appeal_id), told(problem)), 409
    flash(_("The answer is public.") if name == "publish" else _("The answer is not public."))
    return back_to(appeal_id)


@bp.get("/<uuid:appeal_id>/answers/<uuid:answer_id>/paper")
@for_organisers
@fresh
def ask_paper(appeal_id: uuid.UUID, answer_id: uuid.UUID) -> str:
    """That the paper is sealed, and a button that opens it."""
    return render_template(
        "appeals/staff/paper.html", appeal=queries.get_appeal(appeal_id), answer=_answer(appeal_id, answer_id)
    )


@bp.post("/<uuid:appeal_id>/answers/<uuid:answer_id>/paper")
@for_organisers
@fresh
def open_paper(appeal_id: uuid.UUID, answer_id: uuid.UUID) -> Response:
    """The picture of the paper; that it was opened is on record."""
    answer = _answer(appeal_id, answer_id)
    with transaction():
        content = service.open_paper(answer, actor=actor_id())
    return picture_response(content)


def _answer(appeal_id: uuid.UUID, answer_id: uuid.UUID) -> AppealAnswer:
    found = queries.get_row(AppealAnswer, answer_id)
    if found.appeal_id != appeal_id:
        raise NotFound
    return found


def _edit(appeal: Appeal, answer: AppealAnswer | None) -> ResponseReturnValue:
    targets: list[Target] = list(session.scalars(queries.select_addressees(appeal.id)))
    form = AnswerForm()
    form.offer(targets)
    if not form.is_submitted():
        if answer is None:
            form.answered_on.data, form.target.data = clock.today(), str(id_in(request.args.get("target")) or "")
        else:
            form.show(answer)
        return _page(appeal, answer, form)
    if not form.validate():
        return _page(appeal, answer, form), 422
    try:
        with transaction():
            service.record_answer(
                appeal, form.draft(targets), actor=actor_id(), answer=answer, seen_version=form.seen_version
            )
    except Conflict as problem:
        session.expire_all()
        if answer is not None:
            # What was typed stays; the form takes on the stored version, so that saving again replaces it knowingly.
            form.version.data = str(_answer(appeal.id, answer.id).version)
        return _page(appeal, answer, form, told(problem)), 409
    except DomainError as problem:
        session.expire_all()
        return _page(appeal, answer, form, told(problem)), 422
    flash(_("The answer is written down. Another organiser publishes it."))
    return back_to(appeal.id)


def _page(appeal: Appeal, answer: AppealAnswer | None, form: AnswerForm, problem: str = "") -> str:
    return render_template(
        "appeals/staff/answer.html", appeal=appeal, answer=answer, form=form, problem=problem,
        text=appeal.text_in(current_language()), **shared_words(),
    )  # fmt: skip
