"""What prisoners add to the rest: the staff navigation, and what the dashboard says about them."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, consequences, dashboard_needs, staff_links
from campaign.prisoners import policy
from campaign.prisoners.queries.facilities import count_stale_facilities
from campaign.prisoners.service.changes.feed import FEED

FACILITIES_LINK = StaffLink("prisoners_staff.list_facilities", N_("Facilities"), frozenset(policy.READERS), 16)
OFFICIALS_LINK = StaffLink("prisoners_staff.list_officials", N_("Officials"), frozenset(policy.OFFICIALS_READERS), 17)


def register() -> None:
    """Fill the registries."""
    staff_links.register("facilities", FACILITIES_LINK)
    staff_links.register("officials", OFFICIALS_LINK)
    dashboard_needs.register("facilities", list_facility_needs)
    consequences.register(FEED.name, FEED)


def list_facility_needs(actor: Actor) -> Sequence[Need]:
    """Places that this person may look up again; nothing where there are none."""
    if not policy.can_edit(actor):
        return []
    count = count_stale_facilities(clock.today())
    url = url_for("prisoners_staff.list_facilities", only="stale")
    return [Need(_("Facilities wait to be looked up again"), count, url)] if count else []
