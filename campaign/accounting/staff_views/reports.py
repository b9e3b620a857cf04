"""Reports for the public before they are published, and what became of them."""

import uuid
from datetime import date

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounting.forms.documents import INKS, draw_lines_of
from campaign.accounting.models import PublicReport, ReportState
from campaign.accounting.queries import reports as queries
from campaign.accounting.service import reports as service
from campaign.accounting.service.reports import Draft, NotPublishable
from campaign.accounting.staff_views.blueprint import bp, for_keepers, for_readers, shared_words
from campaign.accounts.queries import names_of
from campaign.kernel.errors import NotFound
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step, told

ACTS = {
    "publish": service.publish_report, "refuse": service.refuse_report, "hide": service.hide_report,
    "show": service.show_again,
}  # fmt: skip


@bp.get("/reports")
@for_readers
def list_reports() -> str:
    """The next one as it would be, and all that were drawn up."""
    return _page()


@bp.post("/reports")
@for_keepers
def propose_report() -> ResponseReturnValue:
    """Ask a second person to publish the next one."""
    return step(
        lambda: service.propose_report(_day(), actor=actor_id()),
        _("Proposed. Nothing is public before a second person has published it."),
        url_for("accounting_staff.list_reports"), _page,
    )  # fmt: skip


@bp.get("/reports/<uuid:report_id>")
@for_readers
def show_report(report_id: uuid.UUID) -> str:
    """One of them, with the figures as the public sees them."""
    return _report_page(queries.get_report(report_id))


@bp.get("/reports/<uuid:report_id>/what-for-<scheme>.svg")
@for_readers
def draw_report(report_id: uuid.UUID, scheme: str) -> Response:
    """What it went for, as a picture."""
    if scheme not in INKS:
        raise NotFound
    return Response(draw_lines_of(queries.get_report(report_id), INKS[scheme]), mimetype="image/svg+xml")


@bp.post("/reports/<uuid:report_id>/<any(publish, refuse, hide, show):how>")
@for_readers
def decide_report(report_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Publish what another proposed, refuse it, take it down, or put it up again."""
    said = {
        "publish": _("Published."), "refuse": _("It is not published."), "hide": _("It is shown no more."),
        "show": _("It is shown again."),
    }[how]  # fmt: skip
    return step(
        lambda: ACTS[how](report_id, actor=actor_id()), said,
        url_for("accounting_staff.show_report", report_id=report_id),
        lambda problem: _report_page(queries.get_report(report_id), problem),
    )  # fmt: skip


def _page(problem: str = "") -> str:
    waiting, draft, why_not = queries.find_waiting(), None, ""
    if waiting is None:
        try:
            draft = service.next_draft()
        except NotPublishable as refusal:
            why_not = told(refusal)
    page = paginate(queries.reports())
    return render_template(
        "accounting/staff/reports.html", problem=problem, waiting=waiting, draft=_as_report(draft) if draft else None,
        why_not=why_not, page=page, states=ReportState, **shared_words(),
    )  # fmt: skip


def _report_page(found: PublicReport, problem: str = "") -> str:
    known = {each for each in (found.asked_by, found.decided_by, found.hidden_by) if each}
    return render_template(
        "accounting/staff/report.html", found=found, problem=problem, states=ReportState, names=names_of(known),
        **shared_words(),
    )  # fmt: skip


def _as_report(draft: Draft) -> PublicReport:
    """As the templates read it; it is never stored."""
    return PublicReport(starts_on=draft.starts_on, ends_on=draft.ends_on, content=draft.content)


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        return date.min
