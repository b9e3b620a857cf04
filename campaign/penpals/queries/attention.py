"""The attention ledger, read: what counts now, what staff have set, and how it is spread.

An entry counts on its day and on the 90 days after it: a letter dispatched on 1 January still counts on 1 April of a
common year, and no longer on 2 April.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import AttentionDay, AttentionEntry, AttentionSetting, Counted
from campaign.penpals.queries.addressees import Addressee, list_addressees

WINDOW = timedelta(days=90)
WEIGHTS: dict[Counted, int] = {
    Counted.REPORTED: 4,
    Counted.PRESUMED: 4,
    Counted.UNDER_WAY: 2,
    Counted.RESERVED: 2,
    Counted.BROADCAST: 1,
    Counted.RETURNED: 0,
    Counted.CENSORED: 0,
    Counted.LOST: 0,
}
"""Quarters of a letter; a reservation counts while it is live."""
MOST_RESERVED = 4
"""All live reservations for one person together are at most one letter."""
DEFAULT_FLOOR, DEFAULT_SOFT_CAP = 12, 80
TENTHS = 10
THOUSAND = 1000
HISTORY_DAYS = 90

_entry = AttentionEntry
_OF_LETTERS = [each for each, weight in WEIGHTS.items() if weight and each is not Counted.RESERVED]


@dataclass(frozen=True, slots=True)
class Setting:
    """What staff have set, in quarters of a letter; `version` 0 while the defaults hold."""

    floor: int
    soft_cap: int
    version: int = 0
    changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How letters are spread over people."""

    deciles: tuple[int, ...]
    """Share of all letters that each tenth of the people gets, the least written-to first; thousandths, 1000 together
    or all 0 where nobody gets any."""
    gini: int
    """In thousandths: 0 where all get the same, near 1000 where one gets everything."""


def setting() -> Setting:
    """What holds now: what staff have set, else the defaults."""
    row = session.get(AttentionSetting, 1)
    if row is None:
        return Setting(DEFAULT_FLOOR, DEFAULT_SOFT_CAP)
    return Setting(row.floor, row.soft_cap, row.version, row.changed_on)


def spread_of(quarters: Sequence[int]) -> Spread:
    """How these figures, one a person, are spread; who falls between two tenths is shared out between them."""
    ordered, total, people = sorted(quarters), sum(quarters), len(quarters)
    if not total:
        return Spread((0,) * TENTHS, 0)
    below, sums = 0, [0]
    for each in ordered:
        below += each
        sums.append(below)
    shares = []
    for tenth in range(1, TENTHS + 1):
        whole, part = divmod(tenth * people, TENTHS)
        upto = TENTHS * sums[whole] + (part * ordered[whole] if part else 0)
        shares.append(_rounded(THOUSAND * upto, TENTHS * total))
    ranked = sum(rank * each for rank, each in enumerate(ordered, 1))
    gini = _rounded(THOUSAND * (2 * ranked - (people + 1) * total), people * total)
    return Spread(tuple(here - before for before, here in zip([0, *shares], shares, strict=False)), gini)


def list_days(days: int = HISTORY_DAYS) -> Sequence[AttentionDay]:
    """How attention was spread on each of the last `days` days that are known, the oldest first."""
    since = clock.today() - timedelta(days=days)
    return session.scalars(select(AttentionDay).where(AttentionDay.day > since).order_by(AttentionDay.day)).all()


def list_reachable(today: date) -> list[Addressee]:
    """Everybody to whom a letter can go now: the people over whom attention is measured."""
    return [each for each in list_addressees(today) if each.can_be_written_to]


def list_entries(prisoner_id: uuid.UUID, amount: int) -> Sequence[AttentionEntry]:
    """What was last counted for one person, the newest first."""
    mine = select(AttentionEntry).where(AttentionEntry.prisoner_id == prisoner_id)
    return session.scalars(
        mine.order_by(AttentionEntry.counted_on.desc(), AttentionEntry.id.desc()).limit(amount)
    ).all()


def count_entries(prisoner_id: uuid.UUID) -> int:
    """How many entries there are for one person."""
    mine = select(func.count()).where(AttentionEntry.prisoner_id == prisoner_id)
    return session.scalar(mine) or 0


def weight_of(entry: AttentionEntry, now: datetime) -> int:
    """How many quarters of a letter an entry counts now, the limit on reservations together left aside."""
    if entry.counted_on < now.date() - WINDOW:
        return 0
    if entry.live_until is not None and entry.live_until <= now:
        return 0
    return WEIGHTS[Counted(entry.counted)]


def figures(now: datetime, prisoner_ids: Sequence[uuid.UUID] | None = None) -> Select[*tuple[Any, ...]]:
    """The sums of everybody for whom there is an entry, or of some people, reckoned from the entries alone."""
    is_live = (_entry.counted == Counted.RESERVED) & (_entry.live_until > now)
    in_window = _entry.counted_on >= now.date() - WINDOW
    letters = func.coalesce(func.sum(_weights()).filter(in_window), 0)
    reserved = func.count().filter(is_live, in_window) * WEIGHTS[Counted.RESERVED]
    is_letter = _entry.counted.in_(_OF_LETTERS)
    statement = select(
        _entry.prisoner_id.label("prisoner_id"),
        (letters + func.least(reserved, MOST_RESERVED)).label("quarters"),
        func.max(_entry.counted_on).filter(is_letter).label("last_letter_on"),
        func.max(_entry.counted_on).filter(is_letter | is_live).label("waiting_since_on"),
    ).group_by(_entry.prisoner_id)
    return statement if prisoner_ids is None else statement.where(_entry.prisoner_id.in_(prisoner_ids))


def _weights() -> ColumnElement[int]:
    """The weight of a letter; reservations are counted apart."""
    return case({each.value: WEIGHTS[each] for each in _OF_LETTERS}, value=_entry.counted, else_=0)


def _rounded(above: int, below: int) -> int:
    """The nearest whole number, in whole numbers throughout, so that it is the same everywhere."""
    return (2 * above + below) // (2 * below)
