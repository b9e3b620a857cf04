"""Writing an appeal: one form with all languages, its preview, and what became of it."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.appeals import policy
from campaign.appeals.forms.staff import AppealForm, OutcomeForm
from campaign.appeals.models import Appeal, AppealState
from campaign.appeals.queries.staff import get_appeal
from campaign.appeals.service import write
from campaign.appeals.service.errors import NotComplete, NotPossible, SlugTaken
from campaign.appeals.staff_views.blueprint import back_to, bp, for_organisers, shared_words
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id, told


@bp.route("/new", methods=["GET", "POST"])
@for_organisers
def create_appeal() -> ResponseReturnValue:
    """Write a new appeal; saving makes a draft."""
    form = AppealForm()
    if not form.is_submitted() or not form.validate() or _wants_preview():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            appeal = write.create_appeal(form.draft(), author=actor_id())
    except DomainError as problem:
        return _refused(form, None, problem), 422
    flash(_("The draft is saved."))
    return back_to(appeal.id)


@bp.route("/<uuid:appeal_id>/edit", methods=["GET", "POST"])
@for_organisers
def edit_appeal(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Change a draft."""
    appeal, form = get_appeal(appeal_id), AppealForm()
    if not form.is_submitted():
        if not policy.can_edit(current_user, appeal):
            raise Forbidden
        form.show(appeal)
        return _edit_page(form, appeal)
    if not form.validate() or _wants_preview():
        return _edit_page(form, appeal), 422 if form.errors else 200
    try:
        with transaction():
            write.edit_appeal(appeal, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except Conflict as problem:
        # What was typed stays; the form takes on the stored version, so that saving again replaces it knowingly.
        stored = get_appeal(appeal_id)
        form.version.data = str(stored.version)
        return _edit_page(form, stored, told(problem), stored), 409
    except (NotComplete, NotPossible, SlugTaken) as problem:
        return _refused(form, get_appeal(appeal_id), problem), 422
    flash(_("The draft is saved."))
    return back_to(appeal_id)


@bp.route("/<uuid:appeal_id>/outcome", methods=["GET", "POST"])
@for_organisers
def edit_outcome(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Say what became of it."""
    appeal, form = get_appeal(appeal_id), OutcomeForm()
    if appeal.state in {AppealState.DRAFT, AppealState.REVIEW}:
        raise Forbidden(_("What became of it is told once it was published."))
    if not form.is_submitted():
        form.show(appeal.texts)
        form.version.data = str(appeal.version)
        return _outcome_page(form, appeal)
    if not form.validate():
        return _outcome_page(form, appeal), 422
    try:
        with transaction():
            write.set_outcome(appeal, form.outcomes(), seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        stored = get_appeal(appeal_id)
        form.version.data = str(stored.version)
        return _outcome_page(form, stored, told(problem)), 409
    flash(_("Saved."))
    return back_to(appeal_id)


def _refused(form: AppealForm, appeal: Appeal | None, problem: DomainError) -> str:
    if not isinstance(problem, SlugTaken):
        return _edit_page(form, appeal, told(problem))
    form.slug.errors = [*form.slug.errors, told(problem)]
    return _edit_page(form, appeal)


def _edit_page(form: AppealForm, appeal: Appeal | None, problem: str = "", stored: Appeal | None = None) -> str:
    return render_template(
        "appeals/staff/edit.html", form=form, appeal=appeal, problem=problem, stored=stored,
        text=appeal.text_in(current_language()) if appeal is not None else None,
        previews=form.texts() if _wants_preview() else [], **shared_words(),
    )  # fmt: skip


def _outcome_page(form: OutcomeForm, appeal: Appeal, problem: str = "") -> str:
    return render_template(
        "appeals/staff/outcome.html", form=form, appeal=appeal, problem=problem,
        text=appeal.text_in(current_language()), spoken={each.language for each in appeal.texts}, **shared_words(),
    )  # fmt: skip


def _wants_preview() -> bool:
    return request.form.get("act") == "preview"
