"""What sharing adds to the rest: its codes count what is done, the staff navigation, and what goes when."""

from campaign.kernel.arrivals import ActionListener, action_listeners
from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, StaffLink, retention_rules, staff_links
from campaign.sharing.policy import ORGANISERS
from campaign.sharing.service import codes, expire

STAFF_LINK = StaffLink("sharing_staff.list_codes", N_("Sharing"), frozenset(ORGANISERS), 22)
ENDED_RULE = RetentionRule(
    "share-codes", expire.KEPT_DAYS, expire.delete_ended,
    N_("How often something was done through the links of a campaign, without by whom: deleted a year after it ends."),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    action_listeners.register("sharing", ActionListener(codes.list_codes, codes.note))
    staff_links.register("sharing", STAFF_LINK)
    retention_rules.register(ENDED_RULE.name, ENDED_RULE)
