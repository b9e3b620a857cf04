"""What a rule would do and what it did: dry runs, the log, taking back. On the blueprint of automations."""

import uuid
from collections.abc import Sequence
from datetime import date

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.people.forms import automation_words as words
from campaign.people.models import (
    Automation,
    AutomationDryLine,
    AutomationDryRun,
    AutomationState,
    DeedState,
    DryRunState,
    Outcome,
)
from campaign.people.queries import automations as queries
from campaign.people.service import listing
from campaign.people.service.automations import dry_run, log, rules
from campaign.people.staff_views.automations import back_to, bp, for_everybody, sentence_of
from campaign.web.charts import INKS, bar_chart
from campaign.web.guards import fresh
from campaign.web.i18n import day_of
from campaign.web.paging import Page, paginate

TOLD = "told"


@bp.post("/<uuid:automation_id>/dry-run")
@for_everybody
def ask_for_dry_run(automation_id: uuid.UUID) -> ResponseReturnValue:
    """Have this version tried in the background; nobody is changed."""
    with transaction():
        dry_run.ask_for_dry_run(automation_id, actor=current_user)
    return redirect(url_for("automations.show_dry_run", automation_id=automation_id), 303)


@bp.get("/<uuid:automation_id>/dry-run")
@for_everybody
def show_dry_run(automation_id: uuid.UUID) -> ResponseReturnValue:
    """Whom it would have met in the last thirty days, whom now, and who is left out and why."""
    rule = queries.get_automation(automation_id)
    run = queries.find_dry_run(automation_id, by=current_user.id)
    if run is None:
        return back_to(automation_id)
    outcome = request.args.get("who", queries.NOW)
    outcome = outcome if outcome in {*Outcome, queries.NOW} else queries.NOW
    page: Page[AutomationDryLine] = paginate(queries.select_dry_lines(run.id, outcome))
    rows, may_open = _named([line.person_id for line in page.items])
    return render_template(
        "people/staff/automations/dry_run.html", rule=rule, run=run, page=page, rows=rows, may_open=may_open,
        outcome=outcome, outcomes=[each for each in Outcome if each is not Outcome.MET], words=words, now=queries.NOW,
        states=DryRunState, sentence=sentence_of(rule), met=run.counts.get(Outcome.MET, 0), days=_days_of(run),
        is_current=run.version == rule.version, is_on=rule.state == AutomationState.ON, most=dry_run.MOST_LINES,
        open_days=dry_run.OPEN_DAYS,
    )  # fmt: skip


@bp.get("/<uuid:automation_id>/dry-run.json")
@for_everybody
def follow_dry_run(automation_id: uuid.UUID) -> ResponseReturnValue:
    """Whether it is still being tried, for the page that waits."""
    run = queries.find_dry_run(automation_id, by=current_user.id)
    at_work = run is not None and run.state == DryRunState.WAITING
    return jsonify(done=0, is_at_work=at_work)


@bp.get("/<uuid:automation_id>/dry-run/days-<scheme>.svg")
@for_everybody
def draw_dry_run(automation_id: uuid.UUID, scheme: str) -> Response:
    """How many it would have met on each day."""
    run = queries.find_dry_run(automation_id, by=current_user.id)
    if run is None:
        abort(404)
    return _picture(_days_of(run), scheme)


@bp.get("/<uuid:automation_id>/days-<scheme>.svg")
@for_everybody
def draw_days(automation_id: uuid.UUID, scheme: str) -> Response:
    """How many it met on each of the last thirty days."""
    return _picture(queries.count_by_day(queries.get_automation(automation_id).id, dry_run.DAYS), scheme)


@bp.get("/<uuid:automation_id>/log")
@for_everybody
def show_log(automation_id: uuid.UUID) -> str:
    """What it did to whom and when, what failed and why."""
    return _log_page(queries.get_automation(automation_id))


@bp.post("/<uuid:automation_id>/log/<int:deed_id>/undo")
@for_everybody
def undo_deed(automation_id: uuid.UUID, deed_id: int) -> ResponseReturnValue:
    """Take back what was done to one person."""
    rule = queries.get_automation(automation_id)
    try:
        with transaction():
            log.undo_deed(rule.id, deed_id, actor=current_user)
    except Conflict as problem:
        flash(_(problem.message))
    else:
        flash(_("Taken back. The rule does not do it again for the same occasion."))
    return _to_log(rule.id)


@bp.get("/<uuid:automation_id>/log/<day>/undo")
@for_everybody
@fresh
def confirm_undo(automation_id: uuid.UUID, day: str) -> ResponseReturnValue:
    """How much a day's taking back would concern."""
    return _undo_page(queries.get_automation(automation_id), _day(day))


@bp.post("/<uuid:automation_id>/log/<day>/undo")
@for_everybody
@fresh
def undo_day(automation_id: uuid.UUID, day: str) -> ResponseReturnValue:
    """Take back what was done on a whole day."""
    rule, on, seen = queries.get_automation(automation_id), _day(day), request.form.get("seen", "")
    many = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 7 else 0
    try:
        with transaction():
            undone = log.undo_day(rule.id, on, seen=many, actor=current_user)
    except Conflict as problem:
        return _undo_page(rule, on, _(problem.message)), 409
    flash(
        _("Taken back for %(undone)s of %(many)s. The rest is otherwise by now.", undone=undone, many=many)
        if undone < many
        else _("Taken back for all of them.")
    )
    return _to_log(rule.id)


@bp.post("/<uuid:automation_id>/seen")
@for_everybody
def note_seen(automation_id: uuid.UUID) -> ResponseReturnValue:
    """Staff have looked at those of whom the rule told."""
    up_to = request.form.get("up_to", "")
    if not (up_to.isascii() and up_to.isdecimal() and len(up_to) < 19):
        abort(400)
    with transaction():
        rules.note_seen(automation_id, int(up_to), actor=current_user)
    flash(_("The dashboard does not name them any longer."))
    return back_to(automation_id)


def _log_page(rule: Automation) -> str:
    state, text = request.args.get("state", ""), request.args.get("day", "")
    state = state if state in set(DeedState) else ""
    day = _read_day(text)
    statement = queries.select_log(rule.id, state=state, day=day, above=rule.seen_deed_id if _only_told() else None)
    page: Page[object] = paginate(statement)
    rows, may_open = _named([deed.person_id for deed in page.items])  # type: ignore[attr-defined]
    return render_template(
        "people/staff/automations/log.html", rule=rule, page=page, rows=rows, may_open=may_open, words=words,
        state=state, day=day, states=DeedState, days=queries.list_days(rule.id), can_undo=log.can_undo,
        counts=queries.count_states(rule.id), is_told=_only_told(), newest=queries.find_newest(rule.id),
        sentence=sentence_of(rule),
    )  # fmt: skip


def _undo_page(rule: Automation, day: date, problem: str = "") -> str:
    amount = dict(queries.list_days(rule.id)).get(day, 0)
    return render_template(
        "people/staff/automations/undo.html", rule=rule, day=day, amount=amount, problem=problem,
        sentence=sentence_of(rule),
    )  # fmt: skip


def _named(people: Sequence[uuid.UUID]) -> tuple[dict[uuid.UUID, listing.Row], bool]:
    """The names of a page, out of the hour's allowance; False, and none of them, where it is spent."""
    wanted = list(dict.fromkeys(people))
    with transaction():
        may_open = listing.take_to_show(len(wanted), actor=current_user.id)
    rows = listing.read_rows(wanted, listing.Shown(tags=False), may_open=may_open)
    return {row.person.id: row for row in rows}, may_open


def _picture(days: Sequence[tuple[date, int]], scheme: str) -> Response:
    if scheme not in INKS:
        abort(404)
    most = max((count for _on, count in days), default=0)
    largest = str(_("at most %(number)s on a day", number=format_decimal(most)))
    bars = [(day_of(day), count) for day, count in days]
    return Response(bar_chart(bars, ink=INKS[scheme], largest=largest), mimetype="image/svg+xml")


def _days_of(run: AutomationDryRun) -> list[tuple[date, int]]:
    return [(date.fromisoformat(each["day"]), each["amount"]) for each in run.days]


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day(text: str) -> date:
    day = _read_day(text)
    if day is None:
        abort(404)
    return day


def _only_told() -> bool:
    return request.args.get(TOLD) == "yes"


def _to_log(automation_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("automations.show_log", automation_id=automation_id), 303)
