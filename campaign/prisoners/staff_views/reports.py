"""Working on what people outside told us. Reading needs the open vault, and is on record."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.accounts.service import vault
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.prisoners import policy
from campaign.prisoners.forms.reports import KIND_WORDS, AnswerForm
from campaign.prisoners.models import Report, ReportKind, ReportMessage, ReportState
from campaign.prisoners.queries import reports as queries
from campaign.prisoners.service import reports as service
from campaign.prisoners.staff_views.blueprint import bp, for_readers_of_reports
from campaign.web.guards import fresh
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Opened:
    """A report as the open vault shows it, for one answer only."""

    body: str
    contact: str
    messages: dict[uuid.UUID, str]
    pictures: list[str]
    """Base64 of WebP."""


@bp.get("/reports")
@for_readers_of_reports
def list_reports() -> ResponseReturnValue:
    """What came in, those that wait longest first."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    mine = request.args.get("mine") == "y"
    page = paginate(queries.reports(state=state, kind=kind, mine=actor_id() if mine else None))
    return render_template(
        "prisoners/staff/reports/list.html", page=page, state=state, kind=kind, mine=mine, states=ReportState,
        kinds=ReportKind, kind_words=KIND_WORDS, subjects=queries.subjects_of(page.items),
        names=names_of({each.taken_by for each in page.items if each.taken_by}),
    )  # fmt: skip


@bp.get("/reports/<uuid:report_id>")
@for_readers_of_reports
def show_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """One report: what is known without opening it."""
    return _report_page(service.get_report(report_id), AnswerForm(formdata=None))


@bp.post("/reports/<uuid:report_id>/read")
@for_readers_of_reports
@fresh
def read_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """Open the report with the open vault: on record first, then shown once, kept nowhere."""
    report = service.get_report(report_id)
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    if not reason:
        return _report_page(report, AnswerForm(formdata=None), problem=_("Say why you read it.")), 422
    messages, attachments = queries.list_messages(report.id), queries.list_attachments(report.id)
    boxes = service.boxes_of(report, messages)
    pictures = [
        service.box_of_attachment(queries.get_attachment(report.id, attachment.id)) for attachment in attachments
    ]
    try:
        with transaction():
            about = f"report:{report.id}"
            on_record = vault.record_reading(current_user, len(boxes) + len(pictures), about=about, reason=reason)
        texts = vault.open_boxes(on_record, [*boxes, *pictures])
    except vault.ReadEnough as problem:
        with transaction():
            vault.note_read_enough(current_user)
        return _report_page(report, AnswerForm(formdata=None), problem=told(problem)), 429
    except DomainError as problem:
        return _report_page(report, AnswerForm(formdata=None), problem=told(problem), reason=reason), 409
    return _report_page(report, AnswerForm(formdata=None), opened=_opened(report, messages, texts))


@bp.post("/reports/<uuid:report_id>/step")
@for_readers_of_reports
def move_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """Take it, put it back, accept, decline or close it."""
    report = service.get_report(report_id)
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    try:
        wanted = ReportState(request.form.get("state", ""))
        seen = int(request.form.get("version", "0")[:9])
    except ValueError as problem:
        raise NotFound from problem
    try:
        with transaction():
            service.move_report(report, wanted, seen_version=seen, actor=actor_id(), reason=reason)
    except DomainError as problem:
        return _report_page(service.get_report(report_id), AnswerForm(formdata=None), problem=told(problem)), 409
    flash(_("Noted."))
    return _back(report_id)


@bp.post("/reports/<uuid:report_id>/answer")
@for_readers_of_reports
def answer_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """Answer the sender, who reads it with the code."""
    report, form = service.get_report(report_id), AnswerForm()
    if not form.validate():
        return _report_page(report, form), 422
    with transaction():
        service.answer_report(report, form.body.data, actor=actor_id())
    flash(_("The answer waits for whoever comes back with the code."))
    return _back(report_id)


def _opened(report: Report, messages: Sequence[ReportMessage], texts: Sequence[str]) -> Opened:
    """Put the texts where they came from: the order is that of service.boxes_of, then the pictures."""
    rest = iter(texts)
    body, contact = next(rest), next(rest) if report.contact_sealed is not None else ""
    told_later = {each.id: next(rest) for each in messages if each.vault_sealed is not None}
    return Opened(body, contact, told_later, list(rest))


def _report_page(
    report: Report, form: AnswerForm, *, problem: str = "", reason: str = "", opened: Opened | None = None
) -> Response:
    messages = queries.list_messages(report.id)
    page = render_template(
        "prisoners/staff/reports/show.html", report=report, form=form, problem=problem, reason=reason, opened=opened,
        messages=messages, answers=service.answers_of(report, messages), kind_words=KIND_WORDS,
        attachments=queries.list_attachments(report.id), vault_state=vault_door.state(),
        may_open=vault.can_open(current_user), steps=service.STEPS[ReportState(report.state)],
        subject=queries.subjects_of([report]).get(report.prisoner_id) if report.prisoner_id else None,
        names=names_of({report.taken_by} if report.taken_by else set()), days=service.KEPT_AFTER_CLOSING.days,
        may_edit=policy.can_edit(current_user),
    )  # fmt: skip
    return make_response(page)


def _back(report_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("prisoners_staff.show_report", report_id=report_id), 303)
