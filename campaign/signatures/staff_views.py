"""Delivery packs: asked for by a button, made at once or by a worker, fetched while they are kept."""

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Forbidden, NotFound
from campaign.petitions.models import Petition
from campaign.petitions.policy import ORGANISERS, SCOPE, can_deliver
from campaign.petitions.queries import get_petition
from campaign.signatures import queries
from campaign.signatures.documents import MIMETYPES, render_pack
from campaign.signatures.forms import PackForm
from campaign.signatures.models import DeliveryPack, PackState
from campaign.signatures.service import pack
from campaign.web.guards import requires_in
from campaign.web.i18n import current_language

bp = Blueprint("signatures_staff", __name__)
for_organisers = requires_in(SCOPE, "petition_id", *ORGANISERS)


@bp.route("/<uuid:petition_id>/packs", methods=["GET", "POST"])
@for_organisers
def show_packs(petition_id: uuid.UUID) -> ResponseReturnValue:
    """The packs that are kept, and the form for another."""
    petition, form = _deliverable(petition_id), PackForm()
    if not form.is_submitted():
        form.language.data = petition.text_in(current_language()).language
        return _page(petition, form)
    if not form.validate():
        return _page(petition, form), 422
    with transaction():
        made = pack.ask_for_pack(
            petition, language=form.language.data, file_format=form.file_format.data, actor=current_user.id,
            render=render_pack,
        )  # fmt: skip
    if made.state == PackState.READY:
        flash(_("The pack is ready below."))
    else:
        flash(_("The names are many, so the pack is being made. Reload this page in a minute."))
    return redirect(url_for("signatures_staff.show_packs", petition_id=petition_id), 303)


@bp.get("/<uuid:petition_id>/packs/<uuid:pack_id>")
@for_organisers
def fetch_pack(petition_id: uuid.UUID, pack_id: uuid.UUID) -> Response:
    """One pack as a file."""
    petition = get_petition(petition_id)
    found = queries.get_pack(petition_id, pack_id)
    if found.content is None:
        raise NotFound
    response = Response(found.content, mimetype=MIMETYPES[found.file_format])
    response.headers["Content-Disposition"] = f'attachment; filename="{_filename(petition, found)}"'
    return response


def _filename(petition: Petition, found: DeliveryPack) -> str:
    # The slug is Latin letters and hyphens by a constraint, so it can break out of no header.
    return f"{petition.slug}-{found.language}-{found.asked_at:%Y-%m-%d}.{found.file_format}"


def _deliverable(petition_id: uuid.UUID) -> Petition:
    petition = get_petition(petition_id)
    if not can_deliver(current_user, petition):
        raise Forbidden(_("Close the petition first: what is handed in must be final."))
    return petition


def _page(petition: Petition, form: PackForm) -> str:
    return render_template(
        "signatures/staff/packs.html",
        petition=petition,
        text=petition.text_in(current_language()),
        packs=queries.list_packs(petition.id),
        kept_days=pack.KEPT_DAYS,
        form=form,
    )
