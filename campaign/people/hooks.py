"""What people's records add to the rest."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, after_restore, retention_rules
from campaign.people.service import index


def register() -> None:
    """Fill the registries."""
    after_restore.register("people", index.set_right)
    rule = RetentionRule(
        "people-gone", index.GONE_DAYS, index.delete_old_traces,
        N_("That a record of a person was deleted, by its number alone: forgotten after 2 days."),
    )  # fmt: skip
    retention_rules.register(rule.name, rule)
