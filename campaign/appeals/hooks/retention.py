"""What of appeals goes away by itself."""

from campaign.appeals.service import sent, target_files
from campaign.appeals.stamp import VALID
from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules

STAMPS = RetentionRule(
    "appeal-stamps", VALID.days + 1, sent.forget_stamps,
    N_("That a button “I have sent it” was pressed, without by whom: a number that keeps it from being counted twice, "
       "for nine days. The count stays, by official and day."),
)  # fmt: skip
FILES = RetentionRule(
    "appeal-target-files", target_files.KEPT_DAYS, target_files.forget_files,
    N_("Files of officials that staff looked through: deleted a week later."),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    for rule in (STAMPS, FILES):
        retention_rules.register(rule.name, rule)
