"""What of grant rounds goes away by itself, or with somebody."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import PersonEraser, RetentionRule, person_erasers, retention_rules
from campaign.rounds.service import rounds

WORDS_RULE = RetentionRule(
    "grant-words", rounds.KEPT_DAYS, rounds.erase_old_words,
    N_("What an application for a grant said: sealed, erased 180 days after its round was reported or called off."),
)  # fmt: skip
ERASER = PersonEraser(
    N_("Applications for grants; their figures stay, without words and without whose they were: %(count)s"),
    rounds.count_of_person, rounds.forget_person,
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    retention_rules.register(WORDS_RULE.name, WORDS_RULE)
    person_erasers.register("grants", ERASER)
