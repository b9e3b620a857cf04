"""What the matching adds to the rest: the navigation, the dashboard, and when runs are forgotten."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, RetentionRule, StaffLink, dashboard_needs, retention_rules, staff_links
from campaign.penpals import policy
from campaign.penpals.queries.matching import count_undecided_runs
from campaign.penpals.service.matching.forget import KEPT_DAYS, forget_runs

LINK = StaffLink("matching_staff.list_runs", N_("Matching"), frozenset(policy.COORDINATORS), 21)
RULE = RetentionRule(
    "matching", KEPT_DAYS, forget_runs,
    N_("What the matching proposed, who to whom, and what became of it: deleted after 90 days."),
)  # fmt: skip


def list_needs(actor: Actor) -> Sequence[Need]:
    """Proposals that wait for a coordinator."""
    count = count_undecided_runs() if actor.has_role(*policy.COORDINATORS) else 0
    url = url_for("matching_staff.list_runs")
    return [Need(_("Proposals of the matching wait to be decided on"), count, url)] if count else []


def register() -> None:
    """Fill the registries."""
    staff_links.register("matching", LINK)
    dashboard_needs.register("matching", list_needs)
    retention_rules.register(RULE.name, RULE)
