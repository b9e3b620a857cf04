"""Where people come from: by source and by country, beside the months before."""

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from campaign.kernel.registry_reports import ReportCard
from campaign.people.forms import report_words as words
from campaign.people.queries.report_reading import read_split
from campaign.people.staff_views.reports.blueprint import Look, bp, for_some, look, picture, small_pictures
from campaign.web.csv_files import csv_answer
from campaign.web.report_bars import BEFORE, Bar, draw_bars
from campaign.web.report_charts import Sheet

SPLITS = ("source", "country")
MOST_BARS, FEW_BARS = 12, 4


@bp.get("/origins")
@for_some
def show_origins() -> str:
    """Bars and tables by source and by country."""
    seen = look()
    tables = {split: read_split(seen.figures, split, seen.asked.period) for split in SPLITS}
    return render_template(
        "people/staff/reports/origins.html", tables=tables, words=words,
        findings={split: words.split_finding(split, rows) for split, rows in tables.items()}, **seen.context,
    )  # fmt: skip


@bp.get("/origins/<any(source, country):split>-<scheme>.svg")
@for_some
def draw_origins(split: str, scheme: str) -> Response:
    """The bars of one of them."""
    seen = look()
    return picture(scheme, lambda sheet, ink: _draw(seen, split, sheet, ink))


@bp.get("/origins-<any(source, country):split>.csv")
@for_some
def save_origins(split: str) -> Response:
    """One of the tables, as a file; what is fewer than five stands together there as well."""
    seen = look()
    head = [words.split_words()[split], _("New people"), _("In as many months before")]
    rows = read_split(seen.figures, split, seen.asked.period)
    return csv_answer(
        f"origins-{split}", head,
        [(words.word_of(split, each.word), words.few(each.now), words.few(each.before)) for each in rows],
    )  # fmt: skip


def card(seen: Look) -> ReportCard:
    """As the page of all reports shows it."""
    title, url = _("Where people come from"), url_for("people_reports.show_origins", **seen.asked.arguments)
    rows = read_split(seen.figures, "source", seen.asked.period)
    if not seen.figures:
        return ReportCard(title, _("Not counted yet."), url, {})
    pictures = small_pictures("draw_origins", seen, split="source")
    return ReportCard(title, words.split_finding("source", rows), url, pictures if rows else {})


def _draw(seen: Look, split: str, sheet: Sheet, scheme: str) -> str:
    is_small = sheet.plot < 150
    rows = read_split(seen.figures, split, seen.asked.period, most=FEW_BARS if is_small else MOST_BARS)
    bars = [
        Bar(
            words.word_of(split, each.word), (each.now,), words.few(each.now), None if is_small else each.before or None
        )
        for each in rows
    ]
    legend = [] if is_small else [(0, _("these months")), (BEFORE, _("as many months before"))]
    return draw_bars(bars, sheet=sheet, scheme=scheme, legend=legend)
