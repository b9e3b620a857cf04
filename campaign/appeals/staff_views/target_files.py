"""Files of officials: read and shown first, then taken."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.appeals.forms.staff import UploadForm
from campaign.appeals.queries.targets import get_import
from campaign.appeals.service import target_files as service
from campaign.appeals.staff_views.blueprint import bp, for_organisers, shared_words
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.web.fields import uploaded
from campaign.web.paging import page_of
from campaign.web.steps import actor_id, told


@bp.route("/targets/import", methods=["GET", "POST"])
@for_organisers
def upload_targets() -> ResponseReturnValue:
    """Choose a file; reading it changes nothing yet."""
    form = UploadForm()
    if not form.is_submitted():
        return _page(form)
    if not form.validate():
        return _page(form), 422
    content = uploaded(form.file)
    if content is None:
        return _page(form, _("This file is empty.")), 422
    try:
        with transaction():
            made = service.stage(content, file_name=form.file.data.filename, actor=actor_id())
    except DomainError as problem:
        return _page(form, told(problem)), 422
    return redirect(url_for("appeals_staff.show_import", import_id=made.id), 303)


@bp.get("/targets/import/<uuid:import_id>")
@for_organisers
def show_import(import_id: uuid.UUID) -> str:
    """What a file would change, and what of it is refused, by row."""
    return _preview(import_id)


@bp.post("/targets/import/<uuid:import_id>/<any('take','discard'):how>")
@for_organisers
def decide_import(import_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Take it, or throw it away."""
    try:
        with transaction():
            taken = service.take(import_id, actor=actor_id()) if how == "take" else None
            if taken is None:
                service.discard(import_id, actor=actor_id())
    except DomainError as problem:
        return _preview(import_id, told(problem)), 409
    if taken is None:
        flash(_("The file was thrown away."))
    else:
        flash(
            _(
                "New: %(new)s. Updated: %(updated)s. As they were: %(same)s. Refused: %(invalid)s.",
                new=taken.imported, updated=taken.updated, same=taken.duplicate, invalid=taken.invalid,
            )
        )  # fmt: skip
    return redirect(url_for("appeals_staff.list_targets"), 303)


def _page(form: UploadForm, problem: str = "") -> str:
    return render_template(
        "appeals/staff/upload.html", form=form, problem=problem, columns=list(service.FIELDS), **shared_words()
    )


def _preview(import_id: uuid.UUID, problem: str = "") -> str:
    found = get_import(import_id)
    return render_template(
        "appeals/staff/import.html", found=found, page=page_of(found.rows), problem=problem, **shared_words()
    )
