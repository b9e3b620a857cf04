"""Exports of people: what is public, at once; everybody, by two persons behind a step-up (SAFETY.md 13)."""

import csv
import io
import uuid
from collections.abc import Iterator

from flask import Response, flash, make_response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import list_staff, names_of
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.prisoners import policy
from campaign.prisoners.forms.imports import AskForExportForm
from campaign.prisoners.queries import exports as queries
from campaign.prisoners.service import export
from campaign.prisoners.staff_views.blueprint import bp, for_editors
from campaign.web.guards import fresh, requires
from campaign.web.steps import actor_id

FORMATS = {"csv": "text/csv", "json": "application/json"}
for_exporters = requires(*policy.EXPORTERS)


@bp.route("/export", methods=["GET", "POST"])
@for_exporters
@fresh
def list_exports() -> ResponseReturnValue:
    """What is public to download, what was asked for, and the form to ask for everybody."""
    form, may_ask = AskForExportForm(), policy.can_edit(current_user)
    if may_ask and form.validate_on_submit():
        with transaction():
            export.ask_for_export(form.reason.data.strip(), actor=actor_id())
        flash(_("Asked for. It waits for a second person."))
        return redirect(url_for("prisoners_staff.list_exports"), 303)
    rows = queries.list_exports() if may_ask else []
    body = render_template(
        "prisoners/staff/exports.html", form=form, rows=rows, may_ask=may_ask, is_open=export.is_open,
        schema=export.SCHEMA, has_others=_has_others(), me=actor_id(),
        names=names_of({each for row in rows for each in (row.asked_by, row.decided_by) if each}),
    )  # fmt: skip
    return make_response(body, 422 if form.errors else 200)


@bp.post("/export/published")
@for_exporters
@fresh
def download_published() -> ResponseReturnValue:
    """What the public may read, as one file."""
    kind = _format()
    with transaction():
        export.begin_download(None, actor=actor_id())
    return _file(kind, "published", published_only=True)


@bp.post("/export/<uuid:export_id>/decide")
@for_editors
@fresh
def decide_people_export(export_id: uuid.UUID) -> ResponseReturnValue:
    """Approve or decline what somebody else has asked for."""
    approve = request.form.get("decision") == "approve"
    with transaction():
        export.decide_export(export_id, approve=approve, actor=actor_id())
    flash(_("Approved. It is open to who asked for it for 24 hours.") if approve else _("Declined."))
    return redirect(url_for("prisoners_staff.list_exports"), 303)


@bp.post("/export/<uuid:export_id>/download")
@for_editors
@fresh
def download_everybody(export_id: uuid.UUID) -> ResponseReturnValue:
    """Everybody as one file, audited before its first byte leaves."""
    kind = _format()
    with transaction():
        export.begin_download(queries.get_export(export_id), actor=actor_id())
    return _file(kind, "everybody", published_only=False)


def _format() -> str:
    """What was asked for, looked at before anything is audited as downloaded."""
    kind = request.form.get("format", "")
    if kind not in FORMATS:
        raise NotFound
    return kind


def _file(kind: str, name: str, *, published_only: bool) -> Response:
    pieces = (
        _csv_lines(published_only=published_only)
        if kind == "csv"
        else export.json_pieces(published_only=published_only)
    )
    response = Response(stream_with_context(pieces), mimetype=FORMATS[kind])
    day = clock.today().isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="people-{name}-{day}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv_lines(*, published_only: bool) -> Iterator[str]:
    # A mark of UTF-8, without which Excel shows Cyrillic as noise.
    yield "\ufeff"
    for cells in export.csv_rows(published_only=published_only):
        line = io.StringIO()
        csv.writer(line).writerow(cells)
        yield line.getvalue()


def _has_others() -> bool:
    """Whether anybody but who is looking could approve; otherwise the request waits, and the page says so."""
    return any(
        account.id != actor_id() and account.is_active and Role(grant.role) in policy.EDITORS
        and grant.expires_on > clock.today()
        for account, grant in list_staff()
    )  # fmt: skip
