"""Lists of people that leave: one asks with a reason, another approves, the asker has a day (SAFETY.md 13, 14)."""

import uuid
from collections.abc import Sequence

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import list_staff, names_of
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.exports import csv_lines, is_open
from campaign.kernel.mail.delivery import post_office
from campaign.people import policy
from campaign.people.forms.imports import ExportForm
from campaign.people.queries.name_index import name_index
from campaign.people.queries.people_list import select_ids
from campaign.people.service import exports
from campaign.people.service.imports import fields
from campaign.people.staff_views.people_list import ACT_SECONDS, filters_of, hits_of, in_time, list_url
from campaign.web.errors import page as error_page
from campaign.web.guards import fresh, requires
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id

bp = Blueprint("people_exports", __name__)
for_keepers = requires(*policy.READERS)
BY_DEFAULT = ("name", "email", "country", "language", "tags")


@bp.route("", methods=["GET", "POST"])
@for_keepers
@fresh
def list_exports() -> ResponseReturnValue:
    """What was asked for, and the form to ask for the people whom the address narrows the list to."""
    form, problem = ExportForm(), ""
    chosen = request.form.getlist("columns") if form.is_submitted() else list(BY_DEFAULT)
    people, about = _wanted()
    if form.validate_on_submit():
        try:
            with transaction():
                exports.ask_for_export(people, chosen, about=about, reason=form.reason.data, actor=actor_id())
        except Conflict as refusal:
            problem = _(refusal.message)
        else:
            flash(_("Asked for. It waits for a second person."))
            return redirect(url_for("people_exports.list_exports"), 303)
    rows, labels = exports.list_exports(), _labels()
    body = render_template(
        "people/staff/exports.html", form=form, problem=problem, rows=rows, labels=labels, chosen=chosen,
        count=len(people), about=about, is_open=is_open, has_others=_has_others(), me=actor_id(),
        here=request.full_path.rstrip("?"), list_url=list_url(filters_of(request.args.to_dict(flat=False)).arguments),
        row_labels=lambda row: ", ".join(labels.get(name, name) for name in row.columns),
        names=names_of({each for row in rows for each in (row.asked_by, row.decided_by) if each}),
    )  # fmt: skip
    return make_response(body, 422 if problem or form.errors else 200)


@bp.post("/<uuid:export_id>/decide")
@for_keepers
@fresh
def decide_export(export_id: uuid.UUID) -> ResponseReturnValue:
    """Approve or decline what somebody else has asked for."""
    approve = request.form.get("decision") == "approve"
    with transaction():
        exports.decide_export(export_id, approve=approve, actor=actor_id(), mail_host=_mail_host())
    flash(_("Approved. It is open to who asked for it for 24 hours.") if approve else _("Declined."))
    return redirect(url_for("people_exports.list_exports"), 303)


@bp.post("/<uuid:export_id>/download")
@for_keepers
@fresh
def download_export(export_id: uuid.UUID) -> ResponseReturnValue:
    """One part as CSV, counted and audited before its first byte leaves."""
    row = exports.get_export(export_id)
    text = request.form.get("part", "0")
    part = int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else -1
    with transaction():
        may = exports.begin_download(row, part, actor=actor_id())
    if not may:
        return error_page(
            429,
            _("Too many records"),
            _("Within one hour one person may see so many addresses and no more. An alarm is up. Try again later."),
        )
    lines = csv_lines(exports.export_rows(row, part, _mail_host(), _labels()))
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="people-{part + 1}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _wanted() -> tuple[Sequence[uuid.UUID], str]:
    """Whom the address narrows the list to, and that in words that name nobody."""
    filters = filters_of(request.args.to_dict(flat=False))
    look = name_index.look()
    with in_time(filters, ACT_SECONDS):
        people = session.scalars(select_ids(filters.wanted, hits_of(filters, look), within=None, look=look)).all()
    words = [chip.words for chip in filters.chips]
    words += [_("a search")] if filters.wanted.text else []
    return people, ", ".join(words) or _("everybody")


def _labels() -> dict[str, str]:
    """The columns in the reader's language; those that staff defined after the others."""
    own = {name: each.label for name, each in fields.known_fields(current_language()).items()
           if name.startswith(fields.OWN)}  # fmt: skip
    return {name: _(exports.LABELS[name]) for name in exports.COLUMNS} | own


def _has_others() -> bool:
    """Whether anybody but who is looking could approve; otherwise the request waits, and the page says so."""
    return any(
        account.id != actor_id() and account.is_active and Role(grant.role) in policy.READERS and grant.scope_id is None
        for account, grant in list_staff()
    )  # fmt: skip


def _mail_host() -> str:
    return post_office.sender.host if post_office.sender is not None else "localhost"
