"""Who stays: of the volunteers who began together, how many did something in each month after."""

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from campaign.kernel.registry_reports import ReportCard
from campaign.people.forms import report_words as words
from campaign.people.queries.report_reading import Cohort, read_cohorts
from campaign.people.staff_views.reports.blueprint import Look, bp, for_some, look, number, picture, small_pictures
from campaign.web.csv_files import csv_answer
from campaign.web.report_bars import draw_heat
from campaign.web.report_charts import SMALL, Sheet

USUAL = 24
MOST_AFTER, FEW_AFTER = 12, 6
SMALL_ROWS = 4


@bp.get("/retention")
@for_some
def show_retention() -> str:
    """The triangle as a heat map with its numbers, and the table."""
    seen = look(usual=USUAL)
    cohorts = _cohorts(seen)
    return render_template(
        "people/staff/reports/retention.html", cohorts=cohorts, names=_names(seen, cohorts), words=words,
        after=range(MOST_AFTER + 1), finding=_finding(seen, cohorts), **seen.context,
    )  # fmt: skip


@bp.get("/retention/<scheme>.svg")
@for_some
def draw_retention(scheme: str) -> Response:
    """The heat map."""
    seen = look(usual=USUAL)
    return picture(scheme, lambda sheet, ink: _draw(seen, sheet, ink))


@bp.get("/retention.csv")
@for_some
def save_retention() -> Response:
    """How many did something, by cohort and month after, as a file."""
    seen = look(usual=USUAL)
    cohorts = _cohorts(seen)
    names = _names(seen, cohorts)
    rows = [
        (names[each.began], each.size, *("" if amount is None else amount for amount in each.active))
        for each in cohorts
    ]  # fmt: skip
    head = [_("Began"), _("Volunteers"), *(str(after) for after in range(MOST_AFTER + 1))]
    return csv_answer("retention", head, rows)


def card(seen: Look) -> ReportCard:
    """As the page of all reports shows it."""
    title, url = _("Who stays"), url_for("people_reports.show_retention", **seen.asked.arguments)
    if not seen.figures:
        return ReportCard(title, _("Not counted yet."), url, {})
    cohorts = _cohorts(seen)
    pictures = small_pictures("draw_retention", seen)
    return ReportCard(title, _finding(seen, cohorts), url, pictures if cohorts else {})


def _cohorts(seen: Look) -> list[Cohort]:
    return read_cohorts(
        seen.figures, seen.asked.period, running=seen.asked.running, by_quarter=seen.asked.by_quarter,
        most_after=MOST_AFTER,
    )  # fmt: skip


def _names(seen: Look, cohorts: list[Cohort]) -> dict[str, str]:
    name = words.quarter if seen.asked.by_quarter else words.long_month
    return {each.began: name(each.began) for each in cohorts}


def _finding(seen: Look, cohorts: list[Cohort]) -> str:
    if not cohorts:
        return str(_("No volunteer began in these months."))
    return words.retention_finding(cohorts, _names(seen, cohorts))


def _draw(seen: Look, sheet: Sheet, scheme: str) -> str:
    name = words.quarter if seen.asked.by_quarter else words.short_month
    is_small = sheet is SMALL
    most = FEW_AFTER if is_small else MOST_AFTER
    cohorts = _cohorts(seen)[-SMALL_ROWS - 2 : -2 or None] if is_small else _cohorts(seen)
    rows = [
        (name(each.began), number(each.size), [None if n is None else (n, each.size) for n in each.active[: most + 1]])
        for each in cohorts
    ]
    return draw_heat(
        rows, sheet=sheet, scheme=scheme, heads=[str(after) for after in range(most + 1)],
        axis=_("Months after they began"), words=number,
    )  # fmt: skip
