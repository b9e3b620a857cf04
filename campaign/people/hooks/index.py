"""What follows a restore, and how long the traces of deleted records stay."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, after_restore, retention_rules
from campaign.people.service import index
from campaign.people.service.imports import keep


def register() -> None:
    """Fill the registries."""
    after_restore.register("people", index.set_right)
    rule = RetentionRule(
        "people-gone", index.GONE_DAYS, index.delete_old_traces,
        N_("That a record of a person was deleted, by its number alone: forgotten after 2 days."),
    )  # fmt: skip
    retention_rules.register(rule.name, rule)
    lists = RetentionRule(
        "people-imports", keep.KEPT_DAYS, keep.forget_old,
        N_("Lists of people that staff bring in: sealed; the file is erased with its use, its rows after 30 days."),
    )  # fmt: skip
    retention_rules.register(lists.name, lists)
