"""Growth: how many people came, went and are here, month by month, and of which kind the new ones are."""

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from campaign.kernel.registry_reports import ReportCard
from campaign.people.forms import report_words as words
from campaign.people.queries.report_reading import Growth, Word, read_growth, read_split
from campaign.people.staff_views.reports.blueprint import Look, bp, for_some, look, number, picture, small_pictures
from campaign.web.csv_files import csv_answer
from campaign.web.report_charts import Sheet
from campaign.web.report_columns import Column, draw_columns, draw_lines

MOST_PARTS = 4
"""So many words of a split are told apart in one bar; more would be a puzzle."""
GONE_FILL = 3
PART_FILLS = (0, 1, 2, 4, 5)


@bp.get("/growth")
@for_some
def show_growth() -> str:
    """The number of people, who came and went, and the new ones by what they have in common."""
    seen = look()
    rows, parts = read_growth(seen.figures, seen.asked.period), _parts(seen)
    return render_template(
        "people/staff/reports/growth.html", rows=rows, parts=parts, words=words, finding=_finding(seen, rows),
        total_finding=words.total_finding(rows), split_finding=words.split_finding(seen.asked.split, parts),
        split_rows=[(month, [each.by_month.get(month, 0) for each in parts]) for month in seen.asked.period.months],
        **seen.context,
    )  # fmt: skip


@bp.get("/growth/<any(total, moves, split):what>-<scheme>.svg")
@for_some
def draw_growth(what: str, scheme: str) -> Response:
    """One of its pictures."""
    seen = look()
    return picture(scheme, lambda sheet, ink: _draw(seen, what, sheet, ink))


@bp.get("/growth.csv")
@for_some
def save_growth() -> Response:
    """Month by month, as a file."""
    seen = look()
    head = [_("Month"), _("New people"), _("Went"), _("Here at the end"), _("Agreed to news")]
    rows = read_growth(seen.figures, seen.asked.period)
    return csv_answer("growth", head, [(each.month, each.new, each.gone, each.total, each.news) for each in rows])


@bp.get("/growth-split.csv")
@for_some
def save_split() -> Response:
    """The new ones by month and word, as a file."""
    seen = look()
    parts = _parts(seen)
    head = [_("Month"), *(words.word_of(seen.asked.split, each.word) for each in parts)]
    months = seen.asked.period.months
    return csv_answer(
        "growth-split", head, [(month, *(words.few(each.by_month.get(month, 0)) for each in parts)) for month in months]
    )


def card(seen: Look) -> ReportCard:
    """As the page of all reports shows it."""
    rows = read_growth(seen.figures, seen.asked.period)
    pictures = small_pictures("draw_growth", seen, what="moves")
    url = url_for("people_reports.show_growth", **seen.asked.arguments)
    if not seen.figures:
        return ReportCard(_("Growth"), _("Not counted yet."), url, {})
    return ReportCard(_("Growth"), _finding(seen, rows), url, pictures)


def _parts(seen: Look) -> list[Word]:
    return read_split(seen.figures, seen.asked.split, seen.asked.period, most=MOST_PARTS)


def _finding(seen: Look, rows: list[Growth]) -> str:
    before = sum(each.new for each in read_growth(seen.figures, seen.asked.period.before))
    return words.growth_finding(rows, before)


def _draw(seen: Look, what: str, sheet: Sheet, scheme: str) -> str:
    rows = read_growth(seen.figures, seen.asked.period)
    labels = [words.short_month(each.month) for each in rows]
    if what == "total":
        lines = [(_("here"), [each.total for each in rows]), (_("agreed to news"), [each.news for each in rows])]
        return draw_lines(lines, labels, sheet=sheet, scheme=scheme, words=number)
    if what == "moves":
        columns = [
            Column(label, (each.new,), each.gone, is_open=each.month == seen.asked.running)
            for label, each in zip(labels, rows, strict=True)
        ]
        legend = [(0, _("came")), (GONE_FILL, _("went"))]
        return draw_columns(columns, sheet=sheet, scheme=scheme, legend=legend, words=number)
    parts = _parts(seen)
    months = [each.month for each in rows]
    columns = [
        Column(label, tuple(part.by_month.get(month, 0) for part in parts), is_open=month == seen.asked.running)
        for label, month in zip(labels, months, strict=True)
    ]
    named = [words.word_of(seen.asked.split, each.word) for each in parts]
    return draw_columns(
        columns, sheet=sheet, scheme=scheme, legend=list(zip(PART_FILLS, named, strict=False)), words=number
    )
