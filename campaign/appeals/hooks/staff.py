"""What appeals add for staff: a line of the navigation, and what waits for somebody."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.appeals import policy
from campaign.appeals.models import AppealState
from campaign.appeals.queries import staff as queries
from campaign.appeals.queries.targets import STALE, count_stale
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs, staff_links

LINK = StaffLink("appeals_staff.list_appeals", N_("Appeals"), frozenset(policy.ORGANISERS), 22)


def list_needs(actor: Actor) -> Sequence[Need]:
    """What appeals need from this person now; lines without any are left out."""
    if not policy.can_work(actor):
        return []
    answers, godparents = queries.count_publishable(actor.id)
    home = url_for(LINK.endpoint)
    needs = [
        Need(
            _("Appeals wait for you as the second person"), queries.count_reviewable(actor.id),
            url_for(LINK.endpoint, state=AppealState.REVIEW.value), urgent=True,
        ),
        Need(
            _("Your appeals were sent back"), queries.count_sent_back(actor.id),
            url_for(LINK.endpoint, state=AppealState.DRAFT.value),
        ),
        Need(_("Answers of officials wait for you as the second person"), answers, home),
        Need(
            _("Who stands for a prisoner waits for you as the second person"), godparents,
            url_for("appeals_staff.list_godparents"),
        ),
        Need(
            _("Officials at whom nobody looked for half a year"), count_stale(clock.today()),
            url_for("appeals_staff.list_targets", state=STALE),
        ),
    ]  # fmt: skip
    return [need for need in needs if need.count]


def register() -> None:
    """Fill the registries."""
    staff_links.register("appeals", LINK)
    dashboard_needs.register("appeals", list_needs)
