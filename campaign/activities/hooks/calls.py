"""What call lists hold of people: given out, moved when records are merged, erased, and what their lines are called."""

import uuid
from typing import Any

from sqlalchemy import delete

from campaign.activities.forms.call_words import ENTRY_WORDS, OUTCOME_WORDS, outcome_word
from campaign.activities.models import CallEntry
from campaign.activities.queries import calls as queries
from campaign.activities.service import calls
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.merging import moving
from campaign.kernel.registry import (
    RetentionRule,
    account_leavings,
    account_locks,
    retention_rules,
)
from campaign.kernel.registry_people import (
    PersonalData,
    interaction_words,
    merge_rules,
    personal_data,
)
from campaign.people.models import InteractionKind

RULE = RetentionRule(
    "call-lists", calls.KEPT_DAYS, calls.erase_old,
    N_("Who was on a call list and what came of each call: erased 30 days after it was closed; bare figures stay."),
)  # fmt: skip
WORDS = {
    "list": N_("Call list"), "state": N_("State"), "calls": N_("Calls"), "last_outcome": N_("Last outcome"),
    "last_called_on": N_("Last called"), "call_on": N_("To be called again on"),
    **{str(each): words for each, words in (*ENTRY_WORDS.items(), *OUTCOME_WORDS.items())},
}  # fmt: skip


def export(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """On which lists somebody is, and what came of the calls."""
    return [
        {
            "list": of.title, "state": entry.state, "calls": entry.attempts, "last_outcome": entry.last_outcome,
            "last_called_on": entry.last_called_on, "call_on": entry.call_on,
        }
        for entry, of in queries.lists_with(person_id, None)
    ]  # fmt: skip


def erase(person_id: uuid.UUID) -> int:
    """Take them off every list; that somebody was called stays as a figure."""
    gone = delete(CallEntry).where(CallEntry.person_id == person_id).returning(CallEntry.id)
    return len(session.execute(gone).all())


DATA = PersonalData(N_("Call lists on which you are"), export, erase, WORDS)
MERGING = moving("call_entry", unless_same=("list_id",))


def register() -> None:
    """Fill the registries."""
    retention_rules.register(RULE.name, RULE)
    personal_data.register("calls", DATA)
    merge_rules.register("call-entries", MERGING)
    interaction_words.register(InteractionKind.CALLED, outcome_word)
    account_leavings.register("calls", calls.give_back_of)
    account_locks.register("calls", calls.give_back_of)
