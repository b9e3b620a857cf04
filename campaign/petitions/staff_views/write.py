"""Writing a petition: one form with all languages, its preview, and what to do when two wrote at once."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden
from campaign.petitions import policy
from campaign.petitions.forms import GoalForm, PetitionForm
from campaign.petitions.models import Petition, PetitionState
from campaign.petitions.queries import get_petition
from campaign.petitions.service import write
from campaign.petitions.service.states import NotPossible
from campaign.petitions.staff_views.blueprint import back_to, bp, for_organisers
from campaign.petitions.staff_views.lists import petition_page
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id, told


@bp.route("/new", methods=["GET", "POST"])
@requires(*policy.ORGANISERS)
def create_petition() -> ResponseReturnValue:
    """Write a new petition; saving makes a draft."""
    form = PetitionForm()
    if not form.is_submitted() or not form.validate() or _wants_preview():
        return _edit_page(form, None), 422 if form.errors else 200
    draft = form.draft()
    try:
        with transaction():
            petition = write.create_petition(
                slug=draft.slug, goal=draft.goal, audience=draft.audience, texts=draft.texts,
                author=actor_id(), keys_days=draft.keys_days,
            )  # fmt: skip
    except write.SlugTaken as problem:
        return _slug_taken(form, None, problem)
    except write.NothingWritten as problem:
        return _edit_page(form, None, problem=told(problem)), 422
    flash(_("The draft is saved."))
    return back_to(petition.id)


@bp.route("/<uuid:petition_id>/edit", methods=["GET", "POST"])
@for_organisers
def edit_petition(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Change a draft."""
    petition = get_petition(petition_id)
    form = PetitionForm()
    if not form.is_submitted():
        if not policy.can_edit(current_user, petition):
            raise Forbidden
        form.show(petition)
        return _edit_page(form, petition)
    if not form.validate() or _wants_preview():
        return _edit_page(form, petition), 422 if form.errors else 200
    try:
        with transaction():
            write.edit_petition(petition, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except write.SlugTaken as problem:
        return _slug_taken(form, petition, problem)
    except Conflict:
        return _written_at_once(form, petition_id)
    except (write.NothingWritten, NotPossible) as problem:
        return _edit_page(form, petition, problem=told(problem)), 422
    flash(_("The draft is saved."))
    return back_to(petition_id)


@bp.post("/<uuid:petition_id>/goal")
@for_organisers
def set_goal(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Change the goal of a petition that collects."""
    petition, form = get_petition(petition_id), GoalForm()
    if not form.validate():
        return petition_page(petition, " ".join(form.goal.errors) or _("The goal was not changed.")), 422
    try:
        with transaction():
            write.set_goal(petition, form.goal.data, seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        return petition_page(get_petition(petition_id), told(problem)), 409
    flash(_("The goal is changed."))
    return back_to(petition_id)


def _written_at_once(form: PetitionForm, petition_id: uuid.UUID) -> ResponseReturnValue:
    """Two people wrote at once: what was typed stays in the form, and what is stored stands beside it.

    The form now carries the stored version, so that saving again, after having read it, replaces it.
    """
    stored = get_petition(petition_id)
    if stored.state != PetitionState.DRAFT:
        return _edit_page(form, stored, problem=_("It is no draft any more, so this was not saved.")), 409
    form.version.data = str(stored.version)
    return _edit_page(form, stored, stored=stored), 409


def _slug_taken(form: PetitionForm, petition: Petition | None, problem: write.SlugTaken) -> ResponseReturnValue:
    form.slug.errors = [*form.slug.errors, told(problem)]
    return _edit_page(form, petition), 422


def _edit_page(
    form: PetitionForm, petition: Petition | None, *, problem: str = "", stored: Petition | None = None
) -> str:
    return render_template(
        "petitions/staff/edit.html",
        form=form,
        petition=petition,
        text=petition.text_in(current_language()) if petition is not None else None,
        problem=problem,
        stored=stored,
        previews=form.texts() if _wants_preview() else [],
        suggested=write.suggest_slug(form.texts()) if _wants_preview() and not form.slug.data else "",
    )


def _wants_preview() -> bool:
    return request.form.get("act") == "preview"
