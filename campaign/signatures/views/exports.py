"""Exports by two persons, and the look-up of one address: what touches contact data, behind a step-up."""

import uuid

from flask import Response, flash, make_response, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import list_staff, names_of
from campaign.kernel import allowance
from campaign.kernel.db import transaction
from campaign.kernel.errors import Forbidden
from campaign.kernel.exports import csv_lines, is_open
from campaign.kernel.mail.delivery import post_office
from campaign.signatures import policy
from campaign.signatures.forms.staff import ExportForm, LookUpForm
from campaign.signatures.models.staff import ExportKind, SignatureExport
from campaign.signatures.queries import staff as queries
from campaign.signatures.service import export, lookup
from campaign.signatures.views.desk import bp, page, petition_for
from campaign.web.errors import page as error_page
from campaign.web.guards import fresh


@bp.route("/<slug>/signatures/look-up", methods=["GET", "POST"])
@fresh
def look_up(slug: str) -> ResponseReturnValue:
    """Whether one address signed. The answer stands on this page and nowhere else."""
    petition = petition_for(slug, policy.can_look_up)
    form = LookUpForm()
    answered, found, problem = False, None, ""
    if form.validate_on_submit():
        try:
            with transaction():
                found = lookup.look_up(petition, form.mailbox, actor=current_user.id, reason=form.reason.data)
            answered = True
        except lookup.NoLookUpsLeft as refusal:
            problem = _(refusal.message)
    left = allowance.left(lookup.LOOK_UPS, current_user.id)
    body = page("look_up", petition, form=form, answered=answered, found=found, left=left, problem=problem)
    return make_response(body, 429 if problem else 422 if form.errors else 200)


@bp.route("/<slug>/signatures/exports", methods=["GET", "POST"])
@fresh
def show_exports(slug: str) -> ResponseReturnValue:
    """The exports that were asked for, and the form for another."""
    petition = petition_for(slug, policy.can_export)
    form = ExportForm()
    if form.validate_on_submit():
        with transaction():
            export.ask_for_export(
                petition, ExportKind(form.kind.data), actor=current_user.id, reason=form.reason.data
            )  # fmt: skip
        flash(_("Asked for. It waits for a second person."))
        return redirect(url_for("signature_desk.show_exports", slug=slug), 303)
    rows = queries.list_exports(petition.id)
    who = {row.asked_by for row in rows} | {row.decided_by for row in rows if row.decided_by}
    body = page(
        "exports", petition, form=form, rows=rows, names=names_of(who), is_open=is_open,
        has_others=_has_others(petition.id),
    )  # fmt: skip
    return make_response(body, 422 if form.errors else 200)


@bp.post("/<slug>/signatures/exports/<uuid:export_id>/decide")
@fresh
def decide_export(slug: str, export_id: uuid.UUID) -> ResponseReturnValue:
    """Approve or decline what somebody else has asked for."""
    row = _export(slug, export_id)
    if not policy.can_decide_export(current_user, row):
        raise Forbidden(_("Who asks for an export does not approve it. A second person must."))
    approve = request.form.get("decision") == "approve"
    with transaction():
        export.decide_export(row, approve=approve, actor=current_user.id, mail_host=_mail_host())
    flash(_("Approved. It is open to who asked for it for 24 hours.") if approve else _("Declined."))
    return redirect(url_for("signature_desk.show_exports", slug=slug), 303)


@bp.post("/<slug>/signatures/exports/<uuid:export_id>/download")
@fresh
def download_export(slug: str, export_id: uuid.UUID) -> ResponseReturnValue:
    """One part of an export as CSV, counted and audited before its first byte leaves."""
    row = _export(slug, export_id)
    if not policy.can_download(current_user, row):
        raise Forbidden(_("Only who asked for an export may download it."))
    text = request.form.get("part", "0")
    part = int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else -1
    with transaction():
        may = export.begin_download(row, part, actor=current_user.id)
    if not may:
        return error_page(
            429,
            _("Too many records"),
            _("Within one hour one person may see so many addresses and no more. An alarm is up. Try again later."),
        )
    lines = csv_lines(export.export_rows(row, part, _mail_host()))
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{row.kind}-{part + 1}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _export(slug: str, export_id: uuid.UUID) -> SignatureExport:
    return queries.get_export(petition_for(slug, policy.can_export).id, export_id)


def _has_others(petition: uuid.UUID) -> bool:
    """Whether anybody but who is looking could approve; otherwise the request waits, and the page says so."""
    return any(
        account.id != current_user.id and account.is_active and grant.role in policy.KEEPERS
        and grant.scope_id in {None, petition}
        for account, grant in list_staff()
    )  # fmt: skip


def _mail_host() -> str:
    return post_office.sender.host if post_office.sender is not None else "localhost"
