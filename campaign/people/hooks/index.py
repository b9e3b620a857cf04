"""What follows a restore, and how long the traces of deleted records stay."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, StaffLink, after_restore, retention_rules, staff_links
from campaign.people import policy
from campaign.people.service import index

PEOPLE = StaffLink(
    "people_list.list_people", N_("People"), frozenset(policy.READERS), 40, scope=policy.SCOPE
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    staff_links.register("people", PEOPLE)
    after_restore.register("people", index.set_right)
    rule = RetentionRule(
        "people-gone", index.GONE_DAYS, index.delete_old_traces,
        N_(
            "That a record of a person was deleted, by its number alone: forgotten after 2 days."
            " How many went in which month stays."
        ),
    )  # fmt: skip
    retention_rules.register(rule.name, rule)
