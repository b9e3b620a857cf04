"""What the ladder adds to the rest: merging, one's own data, and what is forgotten when."""

import uuid
from typing import Any

from campaign.kernel.errors import N_
from campaign.kernel.merging import moving
from campaign.kernel.registry import RetentionRule, StaffLink, retention_rules, staff_links
from campaign.kernel.registry_people import (
    PersonalData,
    merge_rules,
    personal_data,
)
from campaign.people import policy
from campaign.people.forms import ladder_words as words
from campaign.people.service.ladder import keep

LINK = StaffLink("ladder.show_ladder", N_("Ladder"), frozenset(policy.READERS), 43, scope=policy.SCOPE)
RULES = (
    RetentionRule(
        "asks", keep.KEPT_DAYS, keep.forget_old,
        N_("What people were asked to do and what they answered: two years; that they do not want it: as the record."),
    ),
    RetentionRule(
        "ask-rounds", keep.ROUND_DAYS, keep.forget_old_rounds,
        N_("Who was among many that were asked for something at once: forgotten after 180 days."),
    ),
)  # fmt: skip
MERGING = {
    "asks": moving("ask", first=keep.close_second),
    # Both rows say the same by then, so that one of the two is enough.
    "ask-rests": moving("ask_rest", first=keep.rest_longest, unless_same=("until_on",)),
    "ask-rounds": moving("ask_round_person", unless_same=("round_id",)),
}


def export(person_id: uuid.UUID) -> dict[str, Any]:
    """What somebody was asked for, with the step in words."""
    held = keep.export(person_id)
    return {**held, "asks": [{**each, "step": words.ask_words(each["step"])} for each in held["asks"]]}


DATA = PersonalData(N_("What you were asked to do, and what you answered"), export, keep.erase, words.DATA_WORDS)


def register() -> None:
    """Fill the registries."""
    for rule in RULES:
        retention_rules.register(rule.name, rule)
    for name, merging in MERGING.items():
        merge_rules.register(name, merging)
    personal_data.register("asks", DATA)
    staff_links.register("ladder", LINK)
