"""What follows for letters when somebody is moved, released, exchanged or dies: nothing leaves for where nobody is."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import Applied, Change, Consequence, Forecast
from campaign.letters.models import Letter, LetterState
from campaign.letters.service.queue import IN_HAND, WAITS, settle_prisoner
from campaign.prisoners.models import ChangeKind

AWAY = frozenset({ChangeKind.IN_TRANSIT, ChangeKind.WHEREABOUTS_UNKNOWN})
OVER = frozenset({ChangeKind.RELEASED, ChangeKind.EXCHANGED, ChangeKind.DIED})
CONCERNED = AWAY | OVER | {ChangeKind.TRANSFERRED}


def preview(change: Change) -> Forecast:
    """What waits or lies in a pile, and what is held, where somebody has arrived."""
    if change.kind not in CONCERNED:
        return Forecast(0)
    states = {*IN_HAND, LetterState.QUEUED}
    if change.kind in OVER or change.kind == ChangeKind.TRANSFERRED:
        states |= WAITS
    mine = (Letter.prisoner_id == change.prisoner_id, Letter.state.in_(states))
    return Forecast(session.scalar(select(func.count()).select_from(Letter).where(*mine)) or 0)


def apply(change: Change) -> Applied:
    """Let every letter be where the newest facts want it."""
    settled = settle_prisoner(change.prisoner_id, actor=change.made_by)
    return Applied(settled.amount, {"letters": [str(each) for each in (*settled.held, *settled.freed)]})


def settle_again(change: Change, _memory: Mapping[str, Any]) -> int:
    """The facts are as they were, and so are the letters: what fell out of a batch waits for the next one."""
    prisoner_id: uuid.UUID = change.prisoner_id
    return settle_prisoner(prisoner_id, actor=change.made_by).amount


LETTERS = Consequence(
    "letters.settle", N_("Letters that have not left, held or addressed anew: %(count)s"), True, preview, apply,
    settle_again, settle_again,
)  # fmt: skip
