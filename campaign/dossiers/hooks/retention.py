"""What of dossiers goes away by itself."""

from campaign.dossiers.service import keeping
from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules

RULES = (
    RetentionRule(
        "dossier-drafts", keeping.WORKING_DAYS, keeping.forget_working,
        N_("Answers, notes and papers of a dossier for an international body, sealed: erased a year after it was"
           " closed."),
    ),
    RetentionRule(
        "dossier-releases", keeping.RELEASED_DAYS, keeping.forget_released,
        N_("What was released of a dossier for an international body, sealed: erased three years after it was"
           " closed."),
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    for rule in RULES:
        retention_rules.register(rule.name, rule)
