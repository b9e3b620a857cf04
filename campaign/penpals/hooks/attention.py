"""The attention ledger: what of it goes away by itself, and what goes with a person."""

import uuid

from sqlalchemy import delete

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import PersonEraser, RetentionRule, person_erasers, retention_rules
from campaign.penpals.models import AttentionEntry
from campaign.penpals.queries.attention import count_entries
from campaign.penpals.service import attention

RULE = RetentionRule(
    "attention", attention.KEPT_FOR.days, attention.forget_old,
    N_("On which day a letter went to which prisoner, without who wrote it: 400 days; of what is older only the day of "
       "the newest letter to each stays."),
)  # fmt: skip


def _erase(prisoner_id: uuid.UUID) -> int:
    gone = delete(AttentionEntry).where(AttentionEntry.prisoner_id == prisoner_id).returning(AttentionEntry.id)
    return len(session.execute(gone).all())


ENTRIES = PersonEraser(N_("Days on which letters went to them: %(count)s"), count_entries, _erase)


def register() -> None:
    """Fill the registries."""
    retention_rules.register(RULE.name, RULE)
    person_erasers.register("attention", ENTRIES)
