"""The picture of a petition, as staff set and see it."""

import uuid

from flask import Response, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.kernel.images import BadPicture
from campaign.petitions import policy
from campaign.petitions.models import Petition
from campaign.petitions.queries import find_picture, get_petition, get_rendition
from campaign.petitions.service.pictures import remove_picture, set_picture
from campaign.petitions.staff_views.blueprint import back_to, bp, for_organisers
from campaign.web.i18n import current_language
from campaign.web.picture_form import PictureForm
from campaign.web.pictures import picture_response
from campaign.web.steps import actor_id, told


@bp.route("/<uuid:petition_id>/picture", methods=["GET", "POST"])
@for_organisers
def edit_picture(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Add or change the picture, its licence, credit and descriptions."""
    petition, form = get_petition(petition_id), PictureForm()
    if not policy.can_set_picture(current_user, petition):
        raise Forbidden
    if not form.is_submitted():
        picture = find_picture(petition_id)
        if picture is not None:
            form.show(picture)
        return _page(petition, form)
    if not form.validate():
        return _page(petition, form), 422
    try:
        with transaction():
            set_picture(petition, form.draft(), actor=actor_id())
    except BadPicture as problem:
        form.file.errors = [*form.file.errors, told(problem)]
        return _page(get_petition(petition_id), form), 422
    except DomainError as problem:
        return _page(get_petition(petition_id), form, told(problem)), 422
    flash(_("The picture is saved."))
    return back_to(petition_id)


@bp.post("/<uuid:petition_id>/picture/remove")
@for_organisers
def delete_picture(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Take the picture away."""
    petition = get_petition(petition_id)
    if not policy.can_set_picture(current_user, petition):
        raise Forbidden
    with transaction():
        remove_picture(petition, actor=actor_id())
    flash(_("The picture is removed."))
    return back_to(petition_id)


@bp.get("/<uuid:petition_id>/picture/<rendition>")
@for_organisers
def show_picture(petition_id: uuid.UUID, rendition: str) -> Response:
    """The picture of a petition in any state."""
    return picture_response(get_rendition(petition_id, rendition).content)


def _page(petition: Petition, form: PictureForm, problem: str = "") -> str:
    return render_template(
        "petitions/staff/picture.html",
        petition=petition,
        text=petition.text_in(current_language()),
        picture=find_picture(petition.id),
        form=form,
        problem=problem,
    )
