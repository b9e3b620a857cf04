"""Reads about events of all kinds, their shifts and who signed up."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select

from campaign.activities.models import TAKING, Event, EventShift, EventSignup, EventState, SignupState
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

Within = frozenset[uuid.UUID] | None


@dataclass(frozen=True, slots=True)
class Places:
    """How full a shift is."""

    capacity: int
    taken: int = 0
    """Confirmed, or offered to somebody at the moment."""
    confirmed: int = 0
    queued: int = 0
    came: int = 0
    missed: int = 0

    @property
    def free(self) -> int:
        """Places that the next who confirms gets; 0 while others queue for them."""
        return max(0, self.capacity - self.taken) if not self.queued else 0


def begins_at(event: Event, shift: EventShift | None = None) -> datetime:
    """When it begins; where no hour is said, with its day."""
    known = (shift.starts_at if shift is not None else None) or event.starts_at
    return known or datetime.combine(event.held_on, time.min, ZoneInfo(event.timezone))


def get_public_event(slug: str) -> Event:
    """An event that stands before the public, called off or over as well. Raises NotFound."""
    found = session.scalar(select(Event).where(Event.slug == slug, Event.is_public))
    if found is None:
        raise NotFound
    return found


def public_events(today: date, *, kind: str = "", language: str = "") -> Select[Event]:
    """Those ahead, the next first."""
    statement = select(Event).where(Event.is_public, Event.state == EventState.PLANNED, Event.held_on >= today)
    if kind:
        statement = statement.where(Event.kind == kind)
    if language:
        statement = statement.where(Event.language == language)
    return statement.order_by(Event.held_on, Event.starts_at, Event.title, Event.id)


def staff_events(
    *, within: Within, today: date, when: str, kind: str = "", state: str = "", search: str = ""
) -> Select[Event]:
    """Events for staff: the next first, of past ones the latest first."""
    statement = select(Event)
    if within is not None:
        statement = statement.where(Event.group_id.in_(within))
    is_past = when == "past"
    statement = statement.where(Event.held_on < today if is_past else Event.held_on >= today)
    if kind:
        statement = statement.where(Event.kind == kind)
    if state:
        statement = statement.where(Event.state == state)
    if search:
        words = (Event.title.icontains(search, autoescape=True), Event.place.icontains(search, autoescape=True))
        statement = statement.where(or_(*words))
    return statement.order_by(Event.held_on.desc() if is_past else Event.held_on, Event.title, Event.id)


def list_shifts(event_id: uuid.UUID) -> Sequence[EventShift]:
    """The shifts of an event as they follow."""
    order = (EventShift.starts_at.asc().nulls_first(), EventShift.title, EventShift.id)
    return session.scalars(select(EventShift).where(EventShift.event_id == event_id).order_by(*order)).all()


def places_of(event_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[uuid.UUID, Places]]:
    """By event and shift how full each is, in one statement."""
    state = EventSignup.state
    columns: tuple[Any, ...] = (
        EventShift.event_id, EventShift.id, EventShift.capacity, func.count().filter(state.in_(TAKING)),
        func.count().filter(state == SignupState.CONFIRMED), func.count().filter(state == SignupState.QUEUED),
        func.count().filter(EventSignup.attendance == "came"),
        func.count().filter(EventSignup.attendance == "missed"),
    )  # fmt: skip
    rows = session.execute(
        select(*columns)
        .outerjoin(EventSignup, EventSignup.shift_id == EventShift.id)
        .where(EventShift.event_id.in_(event_ids))
        .group_by(EventShift.id)
    )
    found: dict[uuid.UUID, dict[uuid.UUID, Places]] = {each: {} for each in event_ids}
    for event_id, shift_id, *figures in rows:
        found[event_id][shift_id] = Places(*figures)
    return found


def signups_of(event_id: uuid.UUID, *, state: str = "") -> Select[EventSignup]:
    """Who signed up, in the order of their places; those who have not confirmed are left out."""
    shown = [state] if state else [SignupState.CONFIRMED, SignupState.OFFERED, SignupState.QUEUED, SignupState.LAPSED]
    statement = select(EventSignup).where(EventSignup.event_id == event_id, EventSignup.state.in_(shown))
    return statement.order_by(EventSignup.shift_id, EventSignup.position, EventSignup.id)


def place_in_queue(signup: EventSignup) -> int:
    """How many wait before them, and they themselves."""
    before = select(func.count()).where(
        EventSignup.shift_id == signup.shift_id,
        EventSignup.state == SignupState.QUEUED,
        EventSignup.position <= signup.position,
    )
    return session.scalar(before) or 0


def list_of_volunteer(volunteer_id: uuid.UUID) -> Sequence[tuple[EventSignup, Event]]:
    """What a volunteer signed up for, the latest day first."""
    rows = session.execute(
        select(EventSignup, Event)
        .join(Event, Event.id == EventSignup.event_id)
        .where(EventSignup.volunteer_id == volunteer_id)
        .order_by(Event.held_on.desc(), Event.id)
        .limit(200)
    )
    return [(signup, event) for signup, event in rows]
