"""Setting how long each channel takes before silence means something."""

import uuid

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.letters.models import LetterDeadline, LetterState
from campaign.letters.queries.deadlines import DEFAULTS, Deadline, list_deadlines

MOST_DAYS = 365
MEANINGS = frozenset({LetterState.PRESUMED, LetterState.LOST})


class BadDeadline(DomainError):
    """A number of days, or a meaning, that cannot be."""


def set_deadline(channel: str, wanted: Deadline, *, seen: Deadline | None, actor: uuid.UUID) -> bool:
    """Let letters by a channel wait so long; gives whether anything changed. Letters under way keep their day.

    Raises NotFound for a channel that carries no letters, BadDeadline, Conflict when another deadline was seen.
    """
    if channel not in DEFAULTS:
        raise NotFound
    if not 1 <= wanted.days <= MOST_DAYS or wanted.becomes not in MEANINGS:
        raise BadDeadline(N_("From 1 to 365 days, after which a letter is presumed to be delivered, or lost."))
    stored = session.get(LetterDeadline, channel, with_for_update=True, populate_existing=True)
    now = list_deadlines()[channel]
    if now == wanted:
        return False
    if now != seen:
        raise Conflict(N_("Someone else changed this meanwhile. Look at it again before you go on."))
    if stored is None:
        stored = LetterDeadline(channel=channel)
        session.add(stored)
    stored.days, stored.becomes = wanted
    stored.changed_by, stored.changed_on = actor, clock.today()
    session.flush()
    audit.record(
        "letters.deadline", actor=actor, about=f"letter_deadline:{channel}", reason=f"{wanted.days}:{wanted.becomes}"
    )
    return True
