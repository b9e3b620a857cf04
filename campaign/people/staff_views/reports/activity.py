"""Activity by month: what people did, each kind in a picture of its own, since their measures differ."""

from collections.abc import Mapping

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from campaign.kernel.errors import NotFound
from campaign.kernel.registry_reports import ReportCard, doings
from campaign.people.forms import report_words as words
from campaign.people.queries.report_reading import read_activity
from campaign.people.staff_views.reports.blueprint import Look, bp, for_some, look, number, picture, small_pictures
from campaign.web.csv_files import csv_answer
from campaign.web.report_charts import Sheet
from campaign.web.report_columns import Column, draw_columns

MINUTES = 60
FIRST_CHOICE = ("letters", "wrote")
"""What the small picture shows, whichever is more: letters are what all of this is for."""


@bp.get("/activity")
@for_some
def show_activity() -> str:
    """A picture for each kind, and one table."""
    seen = look()
    now, sums = _by_doing(seen), _sums(seen)
    return render_template(
        "people/staff/reports/activity.html", months=seen.asked.period.months, now=now, labels=_labels(), words=words,
        finding=words.activity_finding(sums, _labels()), shown=[name for name in now if any(sums[name])],
        findings={name: words.doing_finding(*pair) for name, pair in sums.items()}, sums=sums, **seen.context,
    )  # fmt: skip


@bp.get("/activity/<doing>-<scheme>.svg")
@for_some
def draw_activity(doing: str, scheme: str) -> Response:
    """The bars of one kind."""
    if doing not in doings:
        raise NotFound
    seen = look()
    return picture(scheme, lambda sheet, ink: _draw(seen, doing, sheet, ink))


@bp.get("/activity.csv")
@for_some
def save_activity() -> Response:
    """Month by month, as a file."""
    seen = look()
    now, labels = _by_doing(seen), _labels()
    rows = [(month, *(now[name][at] for name in now)) for at, month in enumerate(seen.asked.period.months)]
    return csv_answer("activity", [_("Month"), *(labels[name] for name in now)], rows)


def card(seen: Look) -> ReportCard:
    """As the page of all reports shows it."""
    title, url = _("Activity by month"), url_for("people_reports.show_activity", **seen.asked.arguments)
    if not seen.figures:
        return ReportCard(title, _("Not counted yet."), url, {})
    sums = _sums(seen)
    known = [each for each in FIRST_CHOICE if any(sums.get(each, ()))] or [each for each in sums if any(sums[each])]
    name = max(known, key=lambda each: sums[each][0], default="")
    pictures = small_pictures("draw_activity", seen, doing=name)
    if not name:
        return ReportCard(title, words.activity_finding(sums, _labels()), url, {})
    said = _("%(label)s: %(finding)s", label=_labels()[name], finding=words.doing_finding(*sums[name]))
    return ReportCard(title, said, url, pictures)


def _labels() -> dict[str, str]:
    return {name: _(doings[name].label) for name in _ranked()}


def _ranked() -> list[str]:
    return sorted((name for name, _doing in doings.items()), key=lambda name: doings[name].rank)


def _by_doing(seen: Look) -> dict[str, list[int]]:
    """The amounts of the period, minutes as hours."""
    return _in_hours(read_activity(seen.figures, seen.asked.period))


def _in_hours(found: Mapping[str, list[int]]) -> dict[str, list[int]]:
    known = {name: found[name] for name in _ranked() if name in found}
    return {
        name: [round(each / MINUTES) for each in values] if doings[name].is_minutes else values
        for name, values in known.items()
    }


def _sums(seen: Look) -> dict[str, tuple[int, int]]:
    """The period and the one before, by doing."""
    now, before = read_activity(seen.figures, seen.asked.period), read_activity(seen.figures, seen.asked.period.before)
    # Summed up before they are made hours, so that many halves are not lost.
    sums = {name: [sum(values), sum(before[name])] for name, values in now.items()}
    return {name: (pair[0], pair[1]) for name, pair in _in_hours(sums).items()}


def _draw(seen: Look, doing: str, sheet: Sheet, scheme: str) -> str:
    values = _by_doing(seen).get(doing, [])
    columns = [
        Column(words.short_month(month), (value,), is_open=month == seen.asked.running)
        for month, value in zip(seen.asked.period.months, values, strict=False)
    ]
    return draw_columns(columns, sheet=sheet, scheme=scheme, legend=[], words=number)
