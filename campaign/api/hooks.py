"""What the API adds to the rest: a line of the navigation, what waits for somebody, and what goes away when."""

from flask import url_for
from flask_babel import gettext as _

from campaign.api import policy
from campaign.api.queries.tokens import count_ending, count_paused
from campaign.api.service import answers, noticing
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, RetentionRule, StaffLink, dashboard_needs, retention_rules, staff_links

LINK = StaffLink("api_staff.list_tokens", N_("Partners’ programs"), frozenset(policy.MANAGERS), 86)
ANSWERS = RetentionRule(
    "api-answers", 1, answers.forget_old,
    N_("What partners’ programs were answered under a key of their own, without anything of a signer: a day"),
)  # fmt: skip
EVENTS = RetentionRule(
    "api-events", noticing.KEPT_DAYS, noticing.forget_old,
    N_("Which public news was told to partners’ programs, and whether it arrived: 30 days"),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    staff_links.register("api", LINK)
    dashboard_needs.register("api", list_waiting)
    retention_rules.register(ANSWERS.name, ANSWERS)
    retention_rules.register(EVENTS.name, EVENTS)


def list_waiting(actor: Actor) -> list[Need]:
    """Webhooks that fail, and tokens that end."""
    if not policy.can_manage(actor):
        return []
    found = [
        Need(_("webhooks of partners that do not answer"), count_paused(), url_for(LINK.endpoint)),
        Need(_("tokens of partners that end within two weeks"), count_ending(clock.today()), url_for(LINK.endpoint)),
    ]
    return [each for each in found if each.count]
