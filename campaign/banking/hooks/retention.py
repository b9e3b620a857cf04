"""What of statements goes by itself, and when."""

from campaign.banking.service import retention
from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules

RULES = (
    RetentionRule(
        "bank-lines", retention.SAID_DAYS, retention.erase_said,
        N_(
            "Who a line of a statement of account is from or to, their account and its text: encrypted, erased six "
            "months after the line was reconciled, a year after its day at the latest, and at once when whoever gave "
            "it is erased. Day and amount stay in the books."
        ),
    ),
    RetentionRule(
        "bank-files", retention.FILE_DAYS, retention.erase_files,
        N_("A file of statements: encrypted, erased once its lines are kept, or after 30 days."),
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    for rule in RULES:
        retention_rules.register(rule.name, rule)
