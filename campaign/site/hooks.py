"""What the site adds to the rest: its lines of the staff navigation."""

from campaign.kernel.actors import STAFF_ROLES, Role
from campaign.kernel.errors import N_
from campaign.kernel.registry import StaffLink, staff_links

DASHBOARD = StaffLink("staff.show_dashboard", N_("What needs me"), STAFF_ROLES, 0)
SWITCHES = StaffLink("staff.show_switches", N_("Switches"), frozenset({Role.ADMIN, Role.ORGANISER}), 90)


def register() -> None:
    """Fill the registries."""
    staff_links.register("dashboard", DASHBOARD)
    staff_links.register("switches", SWITCHES)
