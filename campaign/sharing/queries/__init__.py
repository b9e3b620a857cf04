"""Reads of codes and of what came by them, never of fewer than five."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.sharing.models import ShareAct, ShareCode

FEWEST = 5
"""Fewer who acted are not told (SAFETY.md 18)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be told of one kind: days of five and more, and all the other days together."""

    kind: str
    days: Sequence[tuple[date, int]]
    other_days: int
    """0: none, or too few to be told."""
    is_held_back: bool
    """Whether there were a few more than what is told."""

    @property
    def total(self) -> int:
        """All that is told."""
        return sum(amount for _day, amount in self.days) + self.other_days


def get_code(code_id: uuid.UUID) -> ShareCode:
    """A code; raises NotFound."""
    found = session.get(ShareCode, code_id)
    if found is None:
        raise NotFound
    return found


def list_share_codes() -> Sequence[ShareCode]:
    """All codes, those in use first, the newest first."""
    return session.scalars(
        select(ShareCode).order_by(ShareCode.ended_on.is_not(None), ShareCode.made_on.desc(), ShareCode.name)
    ).all()


def acts_of(code_id: uuid.UUID) -> dict[str, Shown]:
    """What was done by those who came by a code, by kind."""
    by_kind: dict[str, dict[date, int]] = {}
    for act in session.scalars(select(ShareAct).where(ShareAct.code_id == code_id).order_by(ShareAct.day)):
        by_kind.setdefault(act.kind, {})[act.day] = act.amount
    return {kind: show_days(kind, days) for kind, days in by_kind.items()}


def show_days(kind: str, days: Mapping[date, int]) -> Shown:
    """Tell only what at least five did, so that no number can be got by subtracting others.

    The days that are not told come together; when these are still fewer than five, the smallest told day joins them.
    """
    told = sorted((amount, day) for day, amount in days.items() if amount >= FEWEST)
    rest = sum(amount for amount in days.values() if amount < FEWEST)
    while 0 < rest < FEWEST and told:
        rest += told.pop(0)[0]
    shown = sorted((day, amount) for amount, day in told)
    return Shown(kind, shown, rest if rest >= FEWEST else 0, 0 < rest < FEWEST)
