"""What of needs and parcels goes away by itself."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules
from campaign.needs.service import needs, parcels

WORDS_RULE = RetentionRule(
    "words-of-needs", needs.KEPT_DAYS, needs.erase_old_words,
    N_("What was written of what a prisoner or a family needed: sealed, erased 180 days after the need has ended."),
)  # fmt: skip
SLOTS_RULE = RetentionRule(
    "parcel-slots", parcels.KEPT_DAYS, parcels.forget_old,
    N_("That a parcel to a prisoner was promised or sent, without by whom: deleted two years later."),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    for rule in (WORDS_RULE, SLOTS_RULE):
        retention_rules.register(rule.name, rule)
