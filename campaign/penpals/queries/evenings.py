"""Reads about letter evenings: the list, those reserved, what came of it, and whom to write to next."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from campaign.activities.models import Event, EventState
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.penpals.models import (
    AttentionEntry,
    AttentionSource,
    Evening,
    EveningState,
    Group,
    GroupState,
    Reservation,
    ReservationState,
)
from campaign.penpals.queries.addressees import Addressee, list_addressees
from campaign.prisoners.models import Channel, StrangersPolicy

UNFINISHED = frozenset({EveningState.PLANNED, EveningState.RESERVED})
KEPT_DAYS = 14
"""How long after the evening its reservations are held: for letters that are finished at home."""
Within = frozenset[uuid.UUID] | None
"""The groups whose evenings somebody may see; None: all evenings."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An evening with its event, and the group that holds it where there is one."""

    evening: Evening
    event: Event
    group: Group | None

    @property
    def version(self) -> int:
        """What moves whenever either row does: both only ever grow."""
        return self.evening.version + self.event.version


@dataclass(frozen=True, slots=True)
class Figures:
    """What an evening has reserved and what came of it."""

    reserved: int = 0
    """All that came to the evening: those that were swapped for another before it are left out."""
    live: int = 0
    written: int = 0
    released: int = 0
    first_time: int = 0
    """Of those written to, how many had no letter through us before."""


@dataclass(frozen=True, slots=True)
class UpcomingEvening:
    """What the public is told of an evening."""

    title: str
    place: str
    held_on: date
    group_slug: str
    group_name: dict[str, Any]
    slug: str = ""
    """Of the page on which one signs up; empty where there is none."""


def get_evening(event_id: uuid.UUID, *, lock: bool = False) -> Planned:
    """One evening; with `lock`, its row is held until the end of the transaction."""
    evening = session.get(Evening, event_id, with_for_update=lock, populate_existing=lock)
    event = session.get(Event, event_id, populate_existing=lock)
    if evening is None or event is None:
        raise NotFound
    return Planned(evening, event, session.get(Group, evening.group_id) if evening.group_id else None)


def staff_evenings(
    *, within: Within, today: date, when: str, state: str = "", group: str = "", search: str = ""
) -> Select[Any]:
    """Evenings with event and group: the next first, of past ones the latest first."""
    columns: tuple[Any, ...] = (Evening, Event, Group)
    statement: Select[Any] = (
        select(*columns)
        .join(Event, Event.id == Evening.event_id)
        .outerjoin(Group, Group.id == Evening.group_id)
        .where(_within(within))
    )
    if when == "unrecorded":
        statement = statement.where(_is_unrecorded(today))
    elif when == "past":
        statement = statement.where(Event.held_on < today)
    else:
        statement = statement.where(Event.held_on >= today)
    if state in set(EveningState):
        statement = statement.where(Evening.state == state)
    if group:
        statement = statement.where(Group.slug == group)
    if search:
        words = (Event.title.icontains(search, autoescape=True), Event.place.icontains(search, autoescape=True))
        statement = statement.where(or_(*words))
    latest_first = when in {"past", "unrecorded"}
    return statement.order_by(Event.held_on.desc() if latest_first else Event.held_on, Event.title, Event.id)


def count_unrecorded(within: Within, today: date) -> int:
    """Evenings that are over and of which nobody has said what came of them."""
    statement = select(func.count()).select_from(Evening).join(Event, Event.id == Evening.event_id)
    return session.scalar(statement.where(_is_unrecorded(today), _within(within))) or 0


def list_groups_for(within: Within) -> Sequence[Group]:
    """The open groups that may hold an evening, by slug."""
    statement = select(Group).where(Group.state == GroupState.OPEN).order_by(Group.slug)
    if within is not None:
        statement = statement.where(Group.id.in_(within))
    return session.scalars(statement).all()


def list_upcoming_public(today: date) -> list[UpcomingEvening]:
    """Evenings ahead of groups that show themselves to the public, the next first. Who hosts is not among it."""
    rows = session.execute(
        select(
            Event.title, Event.place, Event.held_on, Group.slug, Group.names,
            case((Event.is_public, Event.slug), else_=""),
        )
        .join(Evening, Evening.event_id == Event.id)
        .join(Group, Group.id == Evening.group_id)
        .where(
            Event.state == EventState.PLANNED, Event.held_on >= today, Evening.state.in_(UNFINISHED),
            Group.is_public, Group.state == GroupState.OPEN,
        )
        .order_by(Event.held_on, Event.title, Event.id)
    )  # fmt: skip
    return [UpcomingEvening(*row) for row in rows]


def list_reservations(
    event_id: uuid.UUID, *states: ReservationState, lock: bool = False
) -> Sequence[Reservation]:  # fmt: skip
    """The reservations of an evening in some states, all without any; in the order of their codes.

    With `lock` their rows are held, since a writer may report a letter by its code at the same moment.
    """
    statement = select(Reservation).where(Reservation.evening_id == event_id).order_by(Reservation.code)
    if states:
        statement = statement.where(Reservation.state.in_(states))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).all()


def find_by_codes(codes: Sequence[str]) -> dict[str, Reservation]:
    """Reservations of anybody by their codes."""
    return {each.code: each for each in session.scalars(select(Reservation).where(Reservation.code.in_(codes)))}


def figures_of(event_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Figures]:
    """What came of some evenings, in one statement."""
    earlier = aliased(AttentionEntry)
    is_first = and_(
        Reservation.state == ReservationState.WRITTEN,
        ~exists().where(
            earlier.prisoner_id == Reservation.prisoner_id,
            earlier.source == AttentionSource.LETTER,
            earlier.source_id != Reservation.id,
            earlier.counted_on < Event.held_on,
        ),
    )
    of = Reservation.state
    gone = of.in_((ReservationState.RELEASED, ReservationState.EXPIRED))
    # One that was swapped for another ended on the day it was made (service/evenings.py), whatever the time zone.
    came_to_it = or_(~gone, Reservation.expires_at > Reservation.made_on + timedelta(days=2))
    rows = session.execute(
        select(
            Reservation.evening_id,
            func.count().filter(came_to_it),
            func.count().filter(of == ReservationState.LIVE),
            func.count().filter(of == ReservationState.WRITTEN),
            func.count().filter(and_(gone, came_to_it)),
            func.count().filter(is_first),
        )
        .join(Event, Event.id == Reservation.evening_id)
        .where(Reservation.evening_id.in_(event_ids))
        .group_by(Reservation.evening_id)
    )
    known = {row[0]: Figures(*row[1:]) for row in rows}
    return {each: known.get(each, Figures()) for each in event_ids}


def list_candidates(event_id: uuid.UUID, today: date) -> list[Addressee]:
    """Everybody this evening can still take, those who need it most first.

    Left out: who has a card of this evening already, whom a letter does not reach, where the place refuses strangers,
    and for whom a careless letter is a danger, since nobody knows who will come. Whoever another evening holds comes
    after all others; then the least written-to first, of these the longest waiting. The ids settle what is equal.
    """
    held = _holders()
    mine = {prisoner for prisoner, evening in held if evening == event_id}
    others = {prisoner for prisoner, evening in held if evening != event_id}
    found = [each for each in list_addressees(today) if each.id not in mine and can_be_given_to_strangers(each)]
    return sorted(found, key=lambda each: (each.id in others, *_need(each)))


def can_be_given_to_strangers(person: Addressee) -> bool:
    """Whether a letter of somebody unknown, from wherever they are, reaches this person and endangers nobody."""
    if not person.can_be_written_to or person.is_minor or person.trust_needed or person.is_risky_in_russia:
        return False
    refusing = [way.channel for way in person.ways_in if way.strangers == StrangersPolicy.REFUSED]
    return Channel.POST not in refusing and not (refusing and len(refusing) == len(person.ways_in))


def list_reachable(today: date) -> set[uuid.UUID]:
    """Everybody to whom somebody unknown can write now."""
    return {each.id for each in list_addressees(today) if can_be_given_to_strangers(each)}


def expires_on(held_on: date) -> date:
    """The first day on which the reservations of an evening are held no more."""
    return held_on + timedelta(days=KEPT_DAYS + 1)


def _need(person: Addressee) -> tuple[int, date, uuid.UUID]:
    return person.quarters, person.waiting_since or date.max, person.id


def _holders() -> list[tuple[uuid.UUID, uuid.UUID]]:
    rows = session.execute(
        select(Reservation.prisoner_id, Reservation.evening_id).where(
            Reservation.evening_id.is_not(None), Reservation.state == ReservationState.LIVE
        )
    )
    return [(prisoner, evening) for prisoner, evening in rows if evening is not None]


def _within(within: Within) -> ColumnElement[bool]:
    return Evening.group_id.in_(within) if within is not None else Evening.event_id.is_not(None)


def _is_unrecorded(today: date) -> ColumnElement[bool]:
    return and_(Event.held_on < today, Evening.state == EveningState.RESERVED)
