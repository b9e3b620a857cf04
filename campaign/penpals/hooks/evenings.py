"""Letter evenings in the staff navigation and on the dashboard."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs, staff_links
from campaign.penpals import policy
from campaign.penpals.queries.evenings import count_unrecorded

LINK = StaffLink(
    "evenings_staff.list_evenings", N_("Letter evenings"), frozenset(policy.COORDINATORS), 28, scope=policy.SCOPE
)


def list_needs(actor: Actor) -> Sequence[Need]:
    """Evenings that are over and not recorded, for those who coordinate them."""
    within = actor.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    count = count_unrecorded(within, clock.today()) if within != frozenset() else 0
    url = url_for("evenings_staff.list_evenings", when="unrecorded")
    return [Need(_("Letter evenings are over and not recorded"), count, url)] if count else []


def register() -> None:
    """Fill the registries."""
    staff_links.register("evenings", LINK)
    dashboard_needs.register("evenings", list_needs)
