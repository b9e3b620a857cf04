"""Monthly reports before the public: all of them, and one as page, picture, CSV and PDF."""

from datetime import date

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.accounting.forms import words
from campaign.accounting.forms.documents import INKS, draw_lines_of, draw_over_time, render_pdf, table_of
from campaign.accounting.models import PublicReport
from campaign.accounting.queries import reports
from campaign.kernel.errors import NotFound
from campaign.kernel.months import first_day, month_of
from campaign.web.csv_files import csv_answer
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.i18n import gettext as _
from campaign.web.report_charts import SHEETS

bp = Blueprint("public_reports", __name__)


@bp.get("")
@public_page(survives_outage=False)
def list_reports() -> str:
    """All that was published, the newest months first."""
    return render_template("accounting/reports.html", reports=reports.list_published(), words=words, month_of=month_of)


@bp.get("/over-time-<scheme>.svg", defaults={"sheet": ""})
@bp.get("/over-time-<scheme>-<sheet>.svg")
@public_page(survives_outage=False)
def draw_all(scheme: str, sheet: str) -> Response:
    """What came in and was passed on, over all reports."""
    if scheme not in INKS or sheet not in SHEETS:
        abort(404)
    return _picture(draw_over_time(reports.list_published(), SHEETS[sheet], scheme))


@bp.get("/<month>")
@public_page(survives_outage=False)
def show_report(month: str) -> ResponseReturnValue:
    """One of them; a month that was told of together with a later one leads there."""
    found = _report(month)
    if month_of(found.ends_on) != month:
        return redirect(url_for("public_reports.show_report", month=month_of(found.ends_on)))
    return render_template("accounting/report.html", found=found, month=month, words=words)


@bp.get("/<month>/what-for-<scheme>.svg")
@public_page(survives_outage=False)
def draw(month: str, scheme: str) -> Response:
    """What it went for, as a picture."""
    if scheme not in INKS:
        abort(404)
    return _picture(draw_lines_of(_report(month), INKS[scheme]))


@bp.get("/<month>/report.csv")
@public_page(survives_outage=False)
def save_csv(month: str) -> Response:
    """As a table."""
    found = _report(month)
    response = csv_answer("report", [_("Part"), _("What"), _("Amount"), _("Currency")], table_of(found))
    return _kept(response, f"report-{month_of(found.ends_on)}.csv")


@bp.get("/<month>/report.pdf")
@public_page(survives_outage=False)
def save_pdf(month: str) -> Response:
    """On paper."""
    found = _report(month)
    response = Response(render_pdf(found.id, current_language()), mimetype="application/pdf")
    return _kept(response, f"report-{month_of(found.ends_on)}.pdf")


def _report(month: str) -> PublicReport:
    found = reports.find_published(_day(month))
    if found is None:
        raise NotFound
    return found


def _day(month: str) -> date:
    try:
        return first_day(month)
    except ValueError:
        raise NotFound from None


def _picture(svg: str) -> Response:
    return Response(svg, mimetype="image/svg+xml")


def _kept(response: Response, name: str) -> Response:
    """A file that is the same for everybody, and so is kept like a page."""
    response.headers.pop("Cache-Control", None)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
