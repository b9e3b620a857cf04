"""What was learned of letters: by place and channel, by rule of the checker, and for the public in weeks."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from campaign.kernel.db import session
from campaign.kernel.kept import Kept
from campaign.letters.models import (
    GONE_OUT,
    Letter,
    LetterEvent,
    LetterFinding,
    LetterStat,
    LetterState,
    ReturnReason,
)
from campaign.prisoners.models import Facility

YEAR = 365
LEAST_TO_SPEAK = 5
"""Letters whose days are known, before anything is said of how long they take."""
WEEK = 7
REREAD_AFTER = 600.0
"""Seconds; the figures change once a night."""


class Told(NamedTuple):
    """A place and channel with what became of letters there."""

    stat: LetterStat
    facility: Facility

    @property
    def under_way(self) -> int:
        """Letters of which nothing is known and whose time is not over."""
        stat = self.stat
        return stat.sent - stat.reported - stat.presumed - stat.returned - stat.censored - stat.lost


class Foreseen(NamedTuple):
    """How often the censor stopped letters about which one rule had spoken."""

    rule: str
    left: int
    stopped: int

    @property
    def share(self) -> int:
        """In thousandths of those that left."""
        return share_of(self.stopped, self.left)


def share_of(some: int, whole: int) -> int:
    """In thousandths; of nothing, nothing."""
    return round(1000 * some / whole) if whole else 0


def list_places(channel: str = "") -> Sequence[Told]:
    """Every place and channel to which a letter left in the last year, most letters first."""
    statement = select(LetterStat, Facility).join(Facility, Facility.id == LetterStat.facility_id)
    if channel:
        statement = statement.where(LetterStat.channel == channel)
    statement = statement.order_by(LetterStat.sent.desc(), Facility.name_ru, LetterStat.channel)
    return [Told(*row) for row in session.execute(statement)]


def list_rules(today: date) -> Sequence[Foreseen]:
    """Which rules foresaw the censor: of letters that left in the last year with a finding, how many were stopped."""
    statement = (
        select(LetterFinding.rule, func.count(), func.count().filter(_is_stopped()))
        .join(Letter, Letter.id == LetterFinding.letter_id)
        .where(*_left_in_a_year(today))
        .group_by(LetterFinding.rule)
    )
    found = [Foreseen(*row) for row in session.execute(statement)]
    return sorted(found, key=lambda each: (-each.share, -each.left, each.rule))


def base_rate(today: date) -> Foreseen:
    """The same of all letters that left, whatever the checker said of them."""
    statement = select(func.count(), func.count().filter(_is_stopped())).where(*_left_in_a_year(today))
    left, stopped = session.execute(statement).one()
    return Foreseen("", left, stopped)


def weeks_by_way() -> Mapping[tuple[uuid.UUID, str], int]:
    """How many weeks a letter takes to a place by a channel, where enough letters speak; as of minutes ago."""
    return _kept.current()


def forget_weeks() -> None:
    """Read them anew at the next question, in this process."""
    _kept.forget()


def _is_stopped() -> ColumnElement[bool]:
    """Kept by the censor, wholly or in part, or sent back because the prison would not take it in."""
    refused = (
        select(LetterEvent.id)
        .where(
            LetterEvent.letter_id == Letter.id, LetterEvent.now == LetterState.RETURNED,
            LetterEvent.reason == ReturnReason.REFUSED,
        )
        .exists()
    )  # fmt: skip
    return (Letter.state == LetterState.CENSORED) | ((Letter.state == LetterState.RETURNED) & refused)


def _left_in_a_year(today: date) -> tuple[ColumnElement[bool], ...]:
    return (Letter.state.in_(GONE_OUT), Letter.dispatched_on > today - timedelta(days=YEAR))


def _read_weeks() -> Mapping[tuple[uuid.UUID, str], int]:
    statement = select(LetterStat.facility_id, LetterStat.channel, LetterStat.median_days)
    rows = session.execute(statement.where(LetterStat.median_days.is_not(None)))
    return {(place, channel): max(round((days or 0) / WEEK), 1) for place, channel, days in rows}


_kept = Kept(_read_weeks, REREAD_AFTER)
