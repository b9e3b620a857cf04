"""Files of gifts: looked through first, then taken."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.gifts.forms.staff_gifts import ImportForm
from campaign.gifts.queries import gifts as queries
from campaign.gifts.service import imports as service
from campaign.gifts.staff_views.blueprint import for_keepers, for_readers, shared_words
from campaign.gifts.staff_views.blueprint import gifts_bp as bp
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.web.fields import uploaded
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step, told


@bp.route("/imports", methods=["GET", "POST"])
@for_keepers
def list_imports() -> ResponseReturnValue:
    """The files that are here, and the form for another."""
    form, content = ImportForm(), None
    form.offer()
    if not form.validate_on_submit() or (content := uploaded(form.file)) is None:
        return _page(form), 422 if form.errors else 200
    try:
        with transaction():
            made = service.stage(
                content, file_name=form.file.data.filename, account=form.account.data, currency=form.currency.data,
                actor=actor_id(),
            )  # fmt: skip
    except DomainError as problem:
        session.expire_all()
        return _page(form, told(problem)), 409
    flash(_("Looked through. Nothing was taken yet."))
    return redirect(url_for("gifts_staff.show_import", import_id=made.id), 303)


@bp.get("/imports/<uuid:import_id>")
@for_readers
def show_import(import_id: uuid.UUID) -> str:
    """What a file holds, and what became of it."""
    return _file_page(import_id)


@bp.post("/imports/<uuid:import_id>/<any(take, discard):how>")
@for_keepers
def decide_import(import_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Take it, or throw it away."""
    act = service.start if how == "take" else service.discard
    return step(
        lambda: act(import_id, actor=actor_id()),
        _("It is being taken, in the background.") if how == "take" else _("The file was thrown away."),
        url_for("gifts_staff.show_import", import_id=import_id), lambda problem: _file_page(import_id, problem),
    )  # fmt: skip


def _page(form: ImportForm, problem: str = "") -> str:
    return render_template(
        "gifts/staff/imports.html", form=form, problem=problem, page=paginate(queries.imports()), **shared_words()
    )


def _file_page(import_id: uuid.UUID, problem: str = "") -> str:
    return render_template(
        "gifts/staff/import.html", found=queries.get_import(import_id), problem=problem, **shared_words()
    )
