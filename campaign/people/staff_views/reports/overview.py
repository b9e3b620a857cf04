"""All reports as cards, each with its small picture and what it found; and the figures counted anew."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.registry_reports import report_cards
from campaign.people.models import CountState
from campaign.people.queries.report_reading import find_report
from campaign.people.service.reports.count import ask_for_figures
from campaign.people.staff_views.reports import activity, growth, origins, retention, workload
from campaign.people.staff_views.reports.blueprint import bp, for_some, look


@bp.get("")
@for_some
def show_reports() -> str:
    """Every report in a card."""
    seen = look()
    cards = [
        growth.card(seen), activity.card(seen), retention.card(look(usual=retention.USUAL)), origins.card(seen),
        workload.card(seen),
    ]  # fmt: skip
    others = [made for make in report_cards if (made := make(current_user)) is not None]
    return render_template("people/staff/reports/index.html", cards=[*cards, *others], **seen.context)


@bp.post("/count")
@for_some
def count_again() -> ResponseReturnValue:
    """Have the figures counted anew, in the background."""
    seen = look()
    with transaction():
        ask_for_figures(seen.audience)
    flash(_("The figures are being counted. The page shows the ones of before until then."))
    name = request.form.get("report", "")
    page = f"people_reports.show_{name}" if name in PAGES else "people_reports.show_reports"
    return redirect(url_for(page, **seen.asked.arguments), 303)


@bp.get("/count.json")
@for_some
def show_count() -> ResponseReturnValue:
    """Whether they are still being counted, for the page that waits."""
    report = find_report(look().audience)
    return jsonify(done=0, is_at_work=report is not None and report.state == CountState.WAITING)


PAGES = frozenset({"growth", "activity", "retention", "origins"})
