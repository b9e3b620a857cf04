"""What the accounts add for staff: rooms of the money pages, and what waits for a second person."""

from collections.abc import Sequence
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _

from campaign.accounting import policy
from campaign.accounting.queries import reports, waiting
from campaign.accounting.service.reports import NotPublishable, next_draft
from campaign.funds.queries import months
from campaign.funds.service import closing
from campaign.funds.service.periods import end_of_month
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, dashboard_needs
from campaign.kernel.registry_money import MoneyGroup, MoneyRoom, money_rooms, month_checks

READERS = frozenset(policy.READERS)
ROOMS = (
    MoneyRoom("accounting_staff.show_dashboard", N_("The books now"), READERS, 5, group=MoneyGroup.TODAY),
    MoneyRoom("accounting_staff.show_figures", N_("Reports on the books"), READERS, 60, group=MoneyGroup.BOOKS),
    MoneyRoom("accounting_staff.list_months", N_("Months of the books"), READERS, 62, group=MoneyGroup.BOOKS),
    MoneyRoom("accounting_staff.list_reports", N_("Reports for the public"), READERS, 64, group=MoneyGroup.BOOKS),
)
USUAL = timedelta(days=10)
"""How long after its end a month may stay open before somebody is reminded: statements come in until then."""


def list_needs(actor: Actor) -> Sequence[Need]:
    """What waits for somebody else than whoever asked, and what a treasurer could do now."""
    if not policy.can_see(actor):
        return []
    found, waiting = [], months.find_proposed()
    if waiting is not None and waiting.asked_by != actor.id:
        found.append(Need(_("A month of the books, to be closed"), 1, url_for("accounting_staff.list_months")))
    report = reports.find_waiting()
    if report is not None and report.asked_by != actor.id:
        url = url_for("accounting_staff.show_report", report_id=report.id)
        found.append(Need(_("A report for the public, to be published"), 1, url))
    if policy.can_propose(actor):
        wanted = closing.next_month() if waiting is None else None
        if wanted is not None and end_of_month(wanted) + USUAL < clock.today():
            found.append(Need(_("A month that is over and not closed"), 1, url_for("accounting_staff.list_months")))
        if report is None and _has_draft():
            found.append(Need(_("A report that could be published"), 1, url_for("accounting_staff.list_reports")))
    return found


def _has_draft() -> bool:
    try:
        next_draft()
    except NotPublishable:
        return False
    return True


def register() -> None:
    """Fill the registries."""
    for room in ROOMS:
        money_rooms.register(room.endpoint, room)
    dashboard_needs.register("accounting", list_needs)
    month_checks.register("accounting", waiting.list_checks)
