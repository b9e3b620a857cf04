"""What acts on many people leave behind: how long it is kept, and what becomes of it when two records are merged."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules
from campaign.kernel.registry_people import MergeRule, merge_rules
from campaign.people.service import bulk, consents

RULES = (
    RetentionRule(
        "people-left-behind", 1, consents.forget_left_behind,
        N_("Records of people who agreed to nothing any more, and do not help: deleted the day after at the latest."),
    ),
    RetentionRule(
        "people-numbers", 1, consents.forget_numbers,
        N_("Telephone numbers of people who do not agree to be called: erased the day after at the latest."),
    ),
    RetentionRule(
        "people-bulk-acts", bulk.KEPT_DAYS, bulk.delete_old,
        N_("How records of people were before staff changed many at once, so that it can be taken back: 30 days."),
    ),
)  # fmt: skip
MERGING = MergeRule("bulk_act_person", "person_id", bulk.drop_rows, bulk.put_rows_back)


def register() -> None:
    """Fill the registries."""
    for rule in RULES:
        retention_rules.register(rule.name, rule)
    merge_rules.register("bulk-acts", MERGING)
