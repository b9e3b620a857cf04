"""Letters as coordinators see them: where each is and for how long, never a word of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.letters.models import (
    GONE_OUT,
    IN_BATCH,
    NOT_LEFT,
    HoldReason,
    Letter,
    LetterBatch,
    LetterEvent,
    LetterFinding,
    LetterState,
    LetterThread,
)
from campaign.people.models import Volunteer
from campaign.prisoners.models import Channel, Custody, Facility, Prisoner
from campaign.prisoners.queries.search import search_people

OVERDUE_DAYS = 14
"""Whatever was handed in so long ago and has not left wants a look."""
PRIVATE = frozenset({LetterState.DRAFT, LetterState.WAITING})
"""Nobody's business but the writer's: not listed at all."""
ONLY = ("overdue", "back", "unheard")
_NAME = func.lower(func.coalesce(func.nullif(Prisoner.last_latin, ""), Prisoner.last_ru))
_SINCE = (
    select(func.max(LetterEvent.happened_on)).where(LetterEvent.letter_id == Letter.id).correlate(Letter)
).scalar_subquery()
_SORTS: Mapping[str, Any] = {
    "number": Letter.number,
    "name": _NAME,
    "channel": Letter.channel,
    "state": Letter.state,
    "since": _SINCE,
    "left": Letter.dispatched_on,
}
SORTS = tuple(name for key in _SORTS for name in (key, f"-{key}"))
_Follower = aliased(Letter)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the list is narrowed; empty words narrow nothing."""

    state: str = ""
    channel: str = ""
    facility: str = ""
    """A part of its name, or its code."""
    held: str = ""
    only: str = ""
    code: str = ""
    folded: str = ""
    """A name, folded."""
    sort: str = ""


class Known(NamedTuple):
    """One letter with whom it is about, and where it is."""

    letter: Letter
    person: Prisoner
    thread: LetterThread
    writer: Volunteer | None
    facility: Facility | None
    batch: LetterBatch | None


def select_letters(
    wanted: Wanted, within: frozenset[uuid.UUID] | None, today: date
) -> Select[Letter, Prisoner, Facility, date]:
    """Letters with person, place and the day since which each stands where it stands; the newest first."""
    stay = aliased(Custody)
    place = case((Letter.state.in_(IN_BATCH | GONE_OUT), Letter.facility_id), else_=stay.facility_id)
    statement = (
        select(Letter, Prisoner, Facility, _SINCE)
        .join(Prisoner, Prisoner.id == Letter.prisoner_id)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .outerjoin(stay, (stay.prisoner_id == Letter.prisoner_id) & stay.until_on.is_(None))
        .outerjoin(Facility, Facility.id == place)
        .where(*_narrowing(wanted, today), reaches(within))
    )
    key = wanted.sort.removeprefix("-")
    order = _SORTS.get(key, Letter.number)
    is_down = wanted.sort.startswith("-") if key in _SORTS else True
    return statement.order_by((order.desc() if is_down else order.asc()).nulls_last(), Letter.number.desc())


def reaches(within: frozenset[uuid.UUID] | None) -> ColumnElement[bool]:
    """Letters of these groups alone; None: of all, and of whoever writes in none."""
    shown = Letter.state.not_in(PRIVATE)
    return shown if within is None else shown & LetterThread.group_id.in_(within)


def get_letter(letter_id: uuid.UUID) -> Known:
    """One letter that was handed in. Raises NotFound."""
    statement = (
        select(Letter, Prisoner, LetterThread, Volunteer, Facility, LetterBatch)
        .join(Prisoner, Prisoner.id == Letter.prisoner_id)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .outerjoin(Volunteer, Volunteer.id == LetterThread.volunteer_id)
        .outerjoin(Facility, Facility.id == Letter.facility_id)
        .outerjoin(LetterBatch, LetterBatch.id == Letter.batch_id)
        .where(Letter.id == letter_id, Letter.state.not_in(PRIVATE))
        .execution_options(populate_existing=True)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    return Known(*found)


def find_by_codes(codes: Sequence[str], within: frozenset[uuid.UUID] | None) -> Mapping[str, uuid.UUID]:
    """Ids of letters by their codes, as far as they are known and one's role reaches them."""
    statement = (
        select(Letter.code, Letter.id)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .where(Letter.code.in_(codes), reaches(within))
    )
    return dict(session.execute(statement).all())


def list_findings(letter_id: uuid.UUID) -> Sequence[LetterFinding]:
    """Which rules spoke, without a word of what they spoke about."""
    return session.scalars(
        select(LetterFinding).where(LetterFinding.letter_id == letter_id).order_by(LetterFinding.rule)
    ).all()


def find_second_try(letter_id: uuid.UUID) -> Letter | None:
    """The letter by which one that came back was sent again."""
    return session.scalar(select(Letter).where(Letter.follows_id == letter_id).limit(1))


def count_needs(within: frozenset[uuid.UUID] | None, today: date) -> Mapping[str, int]:
    """How many came back and wait for a decision, are held by hand or for somebody who is free, or are overdue."""
    over = (HoldReason.GONE, HoldReason.BY_STAFF)
    counted = {
        "back": _only("back", today),
        "held": Letter.held_reason.in_(over),
        "overdue": _only("overdue", today),
    }
    row = session.execute(
        select(*(func.count().filter(which) for which in counted.values()))
        .select_from(Letter)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .where(reaches(within))
    ).one()
    return dict(zip(counted, row, strict=True))


def _narrowing(wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state in set(LetterState):
        found.append(Letter.state == wanted.state)
    if wanted.channel in set(Channel):
        found.append(Letter.channel == wanted.channel)
    if wanted.held in set(HoldReason):
        found.append(Letter.held_reason == wanted.held)
    if wanted.only in ONLY:
        found.append(_only(wanted.only, today))
    if wanted.facility:
        found.append(Facility.name_ru.icontains(wanted.facility, autoescape=True) | (Facility.code == wanted.facility))
    if wanted.code or wanted.folded:
        named = search_people(wanted.folded, published_only=False) if wanted.folded else []
        found.append(or_(Letter.code == wanted.code, Prisoner.id.in_(named)))
    return found


def _only(word: str, today: date) -> ColumnElement[bool]:
    if word == "back":
        again = select(_Follower.id).where(_Follower.follows_id == Letter.id).exists()
        return (Letter.state == LetterState.RETURNED) & Letter.body_erased_on.is_(None) & ~again
    if word == "unheard":
        return Letter.state == LetterState.PRESUMED
    return Letter.state.in_(NOT_LEFT - PRIVATE) & (Letter.submitted_on <= today - timedelta(days=OVERDUE_DAYS))
