"""Whether somebody stands on the state's financial monitoring list.

Coordinators and admins alone know; it is kept out of the history of facts, which more people read, and of every export.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.prisoners.models import Prisoner, StateWatch


class BadWatch(DomainError):
    """What was given contradicts itself; `field` names the place."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class WatchDraft:
    """An entry as the form gives it; `listed` is "yes", "no" or "unknown"."""

    listed: str
    is_terrorist_mark: bool
    added_on: date | None
    removed_on: date | None


def set_watch(prisoner: Prisoner, draft: WatchDraft, *, actor: uuid.UUID | None) -> None:
    """Write down what was found on the list today. Raises BadWatch."""
    today = clock.today()
    for name in ("added_on", "removed_on"):
        day = getattr(draft, name)
        if day is not None and day > today:
            raise BadWatch(name, N_("This day lies in the future."))
    if draft.removed_on and draft.added_on and draft.removed_on < draft.added_on:
        raise BadWatch("removed_on", N_("Nobody is taken off a list before being put on it."))
    if draft.listed == "yes" and draft.removed_on:
        raise BadWatch("removed_on", N_("Whoever is on the list now has not been taken off it."))
    watch = session.get(StateWatch, prisoner.id) or StateWatch(prisoner_id=prisoner.id)
    watch.listed, watch.checked_on = draft.listed, today
    watch.is_terrorist_mark = draft.is_terrorist_mark and draft.listed == "yes"
    watch.added_on, watch.removed_on = draft.added_on, draft.removed_on
    session.add(watch)
    session.flush()
    audit.record("prisoner.watch", actor=actor, about=f"prisoner:{prisoner.id}")
