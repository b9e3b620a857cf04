"""What of pledges and gifts goes away by itself."""

from campaign.gifts.models import KEPT_DAYS
from campaign.gifts.service import donors, imports, numbers, pledging
from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules

RULES = (
    RetentionRule(
        "pledges-unconfirmed", pledging.WAITS_DAYS, pledging.delete_unconfirmed,
        N_("A pledge that was not confirmed: deleted after 7 days, with the address."),
    ),
    RetentionRule(
        "donors", KEPT_DAYS, donors.erase_due,
        N_(
            "Who gave or pledged, name and address: sealed, erased on the day that their own page says, half a year"
            " after the last gift unless they want it sooner. Amounts stay, without anybody."
        ),
    ),
    RetentionRule(
        "gift-numbers", KEPT_DAYS, numbers.forget_due,
        N_(
            "The number by which a bank or a service knows a gift: sealed, erased with who gave it, half a year after"
            " it came at the latest. A keyed mark stays, so that no gift is entered twice."
        ),
    ),
    RetentionRule(
        "gift-files", imports.KEPT_DAYS, imports.forget_files,
        N_("A file of gifts that was looked through: sealed, thrown away when it is taken, or after 7 days."),
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    for rule in RULES:
        retention_rules.register(rule.name, rule)
