"""Writing and publishing updates."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden
from campaign.petitions import policy
from campaign.petitions.forms import UpdateForm
from campaign.petitions.models import Petition, PetitionUpdate
from campaign.petitions.queries import get_part, get_petition
from campaign.petitions.service import updates
from campaign.petitions.staff_views.blueprint import back_to, bp, for_organisers
from campaign.petitions.staff_views.lists import petition_page
from campaign.web.fields import VersionForm
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id, told


@bp.route("/<uuid:petition_id>/updates/new", methods=["GET", "POST"])
@for_organisers
def create_update(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Write an update; saving makes a draft."""
    return _edit(get_petition(petition_id), None)


@bp.route("/<uuid:petition_id>/updates/<uuid:update_id>", methods=["GET", "POST"])
@for_organisers
def edit_update(petition_id: uuid.UUID, update_id: uuid.UUID) -> ResponseReturnValue:
    """Change an update."""
    return _edit(get_petition(petition_id), get_part(PetitionUpdate, petition_id, update_id))


@bp.post("/<uuid:petition_id>/updates/<uuid:update_id>/<any('publish','take-back','delete'):name>")
@for_organisers
def change_update(petition_id: uuid.UUID, update_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Publish an update, take it back, or delete its draft."""
    petition, update = get_petition(petition_id), get_part(PetitionUpdate, petition_id, update_id)
    if not policy.can_post_updates(current_user, petition):
        raise Forbidden
    try:
        with transaction():
            if name == "publish":
                updates.publish_update(petition, update, seen_version=VersionForm().seen_version, actor=actor_id())
            elif name == "take-back":
                updates.take_back_update(petition, update, actor=actor_id())
            else:
                updates.delete_update(petition, update, actor=actor_id())
    except DomainError as problem:
        return petition_page(get_petition(petition_id), told(problem)), 409
    flash(_("Done."))
    return back_to(petition_id)


def _edit(petition: Petition, update: PetitionUpdate | None) -> ResponseReturnValue:
    form = UpdateForm()
    if not policy.can_post_updates(current_user, petition):
        raise Forbidden(_("Updates are written while the petition is public and not archived."))
    if not form.is_submitted():
        if update is not None:
            form.show(update)
        return _page(petition, update, form)
    if not form.validate() or request.form.get("act") == "preview":
        return _page(petition, update, form), 422 if form.errors else 200
    version = form.seen_version
    try:
        with transaction():
            updates.write_update(petition, form.texts(), actor=actor_id(), update=update, seen_version=version)
    except Conflict as problem:
        # What was typed stays; the form takes on the stored version, so that saving again replaces it knowingly.
        if update is not None:
            form.version.data = str(get_part(PetitionUpdate, petition.id, update.id).version)
        return _page(petition, update, form, told(problem)), 409
    except DomainError as problem:
        return _page(petition, update, form, told(problem)), 422
    flash(_("The update is saved. It is shown once you publish it.") if update is None else _("The update is saved."))
    return back_to(petition.id)


def _page(petition: Petition, update: PetitionUpdate | None, form: UpdateForm, problem: str = "") -> str:
    previews = [text for text in form.texts() if text.title or text.body]
    return render_template(
        "petitions/staff/update.html",
        petition=petition,
        text=petition.text_in(current_language()),
        update=update,
        form=form,
        previews=previews if request.form.get("act") == "preview" else [],
        problem=problem,
    )
