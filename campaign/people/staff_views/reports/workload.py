"""Workload: who carries more than they said they could, who has room, and how that is spread."""

from collections.abc import Mapping

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.registry_reports import ReportCard, loads
from campaign.people.forms import load_words as words
from campaign.people.queries import report_loads as queries
from campaign.people.queries.segments import people_of
from campaign.people.service.listing import take_to_show
from campaign.people.staff_views.reports.blueprint import Look, bp, for_some, look, number, picture, small_pictures
from campaign.web.csv_files import csv_answer
from campaign.web.report_bars import Bar, draw_bars
from campaign.web.report_charts import Sheet
from campaign.web.templating import link_to

HOURS = "hours"
MOST_WITH_ROOM = 12


@bp.get("/workload")
@for_some
def show_workload() -> str:
    """Warnings, room, and a picture for each kind of load. Names are counted against the hour's allowance."""
    seen, today = look(), clock.today()
    within = people_of(seen.audience)
    burdened = queries.list_burdened(within, today)
    free = {name: queries.list_with_room(name, within, most=MOST_WITH_ROOM) for name, _load in loads.items()}
    shown = {each.volunteer_id for each in [*burdened, *(each for rows in free.values() for each in rows)]}
    with transaction():
        may_open = take_to_show(len(shown), actor=current_user.id)
    levels = _levels(seen)
    return render_template(
        "people/staff/reports/workload.html", burdened=burdened, free=free, levels=levels, words=words, today=today,
        finding=words.finding(burdened, levels), hours=queries.count_hours(within, today), may_open=may_open,
        address_of=_address_of, level_names=queries.LEVELS, most_with_room=MOST_WITH_ROOM, nothing=queries.NOTHING,
        unsaid=queries.UNSAID,
        nothing_known=not any(sum(found.values()) for found in levels.values()), **seen.context,
    )  # fmt: skip


@bp.get("/workload/<load>-<scheme>.svg")
@for_some
def draw_workload(load: str, scheme: str) -> Response:
    """How many stand where."""
    if load != HOURS and load not in loads:
        raise NotFound
    seen = look()
    return picture(scheme, lambda sheet, ink: _draw(seen, load, sheet, ink))


@bp.get("/workload.csv")
@for_some
def save_workload() -> Response:
    """How many stand where, as a file: counts, and nobody's name."""
    seen = look()
    levels = _levels(seen)
    head = [_("They carry"), *(words.load_word(name) for name in levels)]
    rows = [
        (words.LEVEL_WORDS[level], *(found[level] for found in levels.values())) for level in queries.LEVELS
    ]  # fmt: skip
    return csv_answer("workload", head, rows)


@bp.get("/workload-hours.csv")
@for_some
def save_hours() -> Response:
    """How many gave how many hours, as a file."""
    found = queries.count_hours(people_of(look().audience), clock.today())
    rows = list(zip(words.hour_words(), found, strict=True))
    return csv_answer("workload-hours", [_("Hours given in 30 days"), _("Volunteers")], rows)


def card(seen: Look) -> ReportCard:
    """As the page of all reports shows it; nobody is named there."""
    levels = _levels(seen)
    burdened = queries.list_burdened(people_of(seen.audience), clock.today())
    name = next(iter(levels), "")
    pictures = small_pictures("draw_workload", seen, load=name)
    is_known = any(levels.get(name, {}).get(level) for level in queries.CARRYING)
    url = url_for("people_reports.show_workload", **seen.asked.arguments)
    return ReportCard(_("Workload"), words.finding(burdened, levels), url, pictures if is_known else {})


def _levels(seen: Look) -> Mapping[str, Mapping[str, int]]:
    """By load; what weighs most comes first."""
    within = people_of(seen.audience)
    ranked = sorted(loads.items(), key=lambda pair: pair[0] != "writing")
    return {name: queries.count_levels(load, within) for name, load in ranked}


def _address_of(each: queries.Burden) -> str:
    """Their record, else their page as a volunteer."""
    if each.person_id is not None:
        return url_for("person_staff.show_person", person_id=each.person_id)
    return link_to(f"/staff/volunteers/{each.volunteer_id}")


def _draw(seen: Look, load: str, sheet: Sheet, scheme: str) -> str:
    within = people_of(seen.audience)
    if load == HOURS:
        rows = list(zip(words.hour_words(), queries.count_hours(within, clock.today()), strict=True))[1:]
        warned = words.hour_words()[-1]
    else:
        found = queries.count_levels(loads[load], within)
        rows = [(str(words.LEVEL_WORDS[level]), found[level]) for level in queries.CARRYING]
        warned = str(words.LEVEL_WORDS[queries.OVER])
    # Who carries nothing would press all others flat. Too much is hatched as well as named, to be found at once.
    bars = [
        Bar(name, (0, 0, amount) if name == warned else (amount,), number(amount)) for name, amount in rows
    ]  # fmt: skip
    return draw_bars(bars, sheet=sheet, scheme=scheme, legend=[])
