"""Lists that come in and that leave: how long they stay, and what they hold of one person."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules
from campaign.kernel.registry_people import PersonalData, personal_data
from campaign.people.service import exports
from campaign.people.service.imports import keep

COMING = RetentionRule(
    "people-imports", keep.KEPT_DAYS, keep.forget_old,
    N_("Lists of people that staff bring in: sealed; the file is erased with its use, its rows after 30 days."),
)  # fmt: skip
LEAVING = RetentionRule(
    "people-exports", exports.KEPT_DAYS, exports.forget_old,
    N_("Whom a list that left held, by their numbers alone: forgotten after 30 days."),
)  # fmt: skip
ROWS = PersonalData(N_("The rows of lists from which your record was made or filled"), keep.rows_of, keep.erase_rows_of)


def register() -> None:
    """Fill the registries."""
    for rule in (COMING, LEAVING):
        retention_rules.register(rule.name, rule)
    personal_data.register("people-imports", ROWS)
