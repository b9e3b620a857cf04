"""How long each channel takes before a letter counts as presumed or lost; staff may set it otherwise."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.letters.models import LetterDeadline, LetterState
from campaign.prisoners.models import Channel


class Deadline(NamedTuple):
    """Days after dispatch, and what a letter becomes then."""

    days: int
    becomes: LetterState


DEFAULTS: Mapping[str, Deadline] = {
    # Two weeks on the road, three days at the censor, and as much again: most that arrive have arrived by then.
    Channel.POST: Deadline(30, LetterState.PRESUMED),
    # Handed over within three working days as a rule (DOMAIN.md 1.6).
    Channel.F_PISMO: Deadline(10, LetterState.PRESUMED),
    Channel.ZT: Deadline(10, LetterState.PRESUMED),
}


def list_deadlines() -> dict[str, Deadline]:
    """The deadline of every channel."""
    rows = session.scalars(select(LetterDeadline))
    return {**DEFAULTS, **{row.channel: Deadline(row.days, LetterState(row.becomes)) for row in rows}}


def due_on_for(channel: str, day: date) -> date:
    """The day from which on a letter that left on `day` is presumed or lost."""
    return day + timedelta(days=list_deadlines()[channel].days)
