"""The line of the staff navigation."""

from campaign.kernel.actors import Role
from campaign.kernel.errors import N_
from campaign.kernel.registry import StaffLink, staff_links
from campaign.mailings import policy

LINK = StaffLink("mailings_staff.list_mailings", N_("Mailings"), frozenset((*policy.WRITERS, Role.ADMIN)), 27)


def register() -> None:
    """Fill the registries."""
    staff_links.register("mailings", LINK)
