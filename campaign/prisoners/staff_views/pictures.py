"""The portrait of a person, as staff set and see it, whatever the public sees."""

import uuid

from flask import Response, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.db import transaction
from campaign.kernel.images import BadPicture
from campaign.kernel.pictures import NotDescribed
from campaign.prisoners.forms.portraits import PortraitForm
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.portraits import find_portrait, get_rendition
from campaign.prisoners.service.portraits import remove_portrait, set_portrait
from campaign.prisoners.staff_views.blueprint import back_to, bp, for_editors, for_readers
from campaign.web.pictures import picture_response
from campaign.web.steps import actor_id, told


@bp.route("/<uuid:prisoner_id>/picture", methods=["GET", "POST"])
@for_editors
def edit_portrait(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Add or change the picture, its licence, credit, source and descriptions."""
    prisoner, picture, form = get_prisoner(prisoner_id), find_portrait(prisoner_id), PortraitForm()
    problem = ""
    if not form.is_submitted() and picture is not None:
        form.show_portrait(picture)
    if form.validate_on_submit():
        try:
            with transaction():
                set_portrait(prisoner, form.draft(), actor=actor_id())
        except BadPicture as refusal:
            form.file.errors = [*form.file.errors, told(refusal)]
        except NotDescribed as refusal:
            problem = told(refusal)
        else:
            flash(_("The picture is saved."))
            return back_to(prisoner_id)
    page = render_template(
        "prisoners/staff/people/picture.html", prisoner=get_prisoner(prisoner_id), form=form,
        picture=find_portrait(prisoner_id), problem=problem,
    )  # fmt: skip
    return page, 422 if form.errors or problem else 200


@bp.post("/<uuid:prisoner_id>/picture/remove")
@for_editors
def delete_portrait(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Take the picture away."""
    with transaction():
        remove_portrait(get_prisoner(prisoner_id), actor=actor_id())
    flash(_("The picture is removed."))
    return back_to(prisoner_id)


@bp.get("/<uuid:prisoner_id>/picture/<size>")
@for_readers
def show_portrait(prisoner_id: uuid.UUID, size: str) -> Response:
    """The picture of a person in any state."""
    return picture_response(get_rendition(prisoner_id, size).content)
