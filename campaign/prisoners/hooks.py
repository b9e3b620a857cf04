"""What prisoners add to the rest: the staff navigation, and what the dashboard says about them."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import (
    Need,
    RetentionRule,
    StaffLink,
    consequences,
    dashboard_needs,
    retention_rules,
    staff_links,
)
from campaign.prisoners import policy
from campaign.prisoners.queries.changes import count_waiting
from campaign.prisoners.queries.facilities import count_stale_facilities
from campaign.prisoners.queries.reports import count_waiting_reports
from campaign.prisoners.service import reports
from campaign.prisoners.service.changes.feed import FEED

PEOPLE_LINK = StaffLink("prisoners_staff.list_prisoners", N_("Prisoners"), frozenset(policy.READERS), 15)
FACILITIES_LINK = StaffLink("prisoners_staff.list_facilities", N_("Facilities"), frozenset(policy.READERS), 16)
OFFICIALS_LINK = StaffLink("prisoners_staff.list_officials", N_("Officials"), frozenset(policy.OFFICIALS_READERS), 17)
REPORTS_LINK = StaffLink("prisoners_staff.list_reports", N_("Reports"), frozenset(policy.REPORT_READERS), 18)
REPORTS_RULE = RetentionRule(
    "reports", reports.KEPT_AFTER_CLOSING.days, reports.forget_old,
    N_("What you tell us in confidence: sealed so that this server cannot read it, deleted 30 days after the matter is "
       "closed and after a year at the latest."),
)  # fmt: skip

CHANGES_LINK = StaffLink("prisoners_staff.list_changes", N_("What changed lately"), frozenset(policy.READERS), 15)


def register() -> None:
    """Fill the registries."""
    staff_links.register("prisoners", PEOPLE_LINK)
    staff_links.register("facilities", FACILITIES_LINK)
    staff_links.register("officials", OFFICIALS_LINK)
    staff_links.register("reports", REPORTS_LINK)
    dashboard_needs.register("facilities", list_facility_needs)
    dashboard_needs.register("reports", list_report_needs)
    retention_rules.register("reports", REPORTS_RULE)
    dashboard_needs.register("status-changes", list_change_needs)
    staff_links.register("status-changes", CHANGES_LINK)
    consequences.register(FEED.name, FEED)


def list_facility_needs(actor: Actor) -> Sequence[Need]:
    """Places that this person may look up again; nothing where there are none."""
    if not policy.can_edit(actor):
        return []
    count = count_stale_facilities(clock.today())
    url = url_for("prisoners_staff.list_facilities", only="stale")
    return [Need(_("Facilities wait to be looked up again"), count, url)] if count else []


def list_report_needs(actor: Actor) -> Sequence[Need]:
    """Reports that nobody has taken yet, for those who work on them."""
    if not actor.has_role(*policy.REPORT_READERS):
        return []
    count = count_waiting_reports()
    url = url_for("prisoners_staff.list_reports", state="received")
    return [Need(_("Reports from outside that nobody has taken yet"), count, url, urgent=True)] if count else []


def list_change_needs(actor: Actor) -> Sequence[Need]:
    """Acts whose mails, feed entries and changed texts still wait, and can be stopped."""
    count = count_waiting() if policy.can_edit(actor) else 0
    url = url_for("prisoners_staff.list_changes", waiting="1")
    return [Need(_("Status changes wait to go out"), count, url)] if count else []
