"""What of payments goes away by itself."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules
from campaign.payments.service import evidence, payees

RULES = (
    RetentionRule(
        "payment-evidence", evidence.KEPT_DAYS, evidence.forget_old,
        N_("Notes and scanned papers of payments to families: erased three years after the payment came to its end."),
    ),
    RetentionRule(
        "payee-details", payees.KEPT_AFTER_RETIRED, payees.forget_retired,
        N_("Who was paid and on which account, sealed: erased a year after they are paid no more."),
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    for rule in RULES:
        retention_rules.register(rule.name, rule)
