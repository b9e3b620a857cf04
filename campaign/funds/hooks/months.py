"""What the ledger has open before a month is closed."""

from campaign.funds.queries import months
from campaign.kernel.registry_money import month_checks


def register() -> None:
    """Fill the registries."""
    month_checks.register("funds", months.list_checks)
