"""Planning an event, changing it, calling it off, and saying that it took place."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from campaign.activities import policy
from campaign.activities.models import SCOPE, VENUE, Event, EventKind, EventShift, EventState
from campaign.activities.queries import get_event, list_slugs_like
from campaign.activities.queries.events import list_shifts
from campaign.activities.service import signups
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.slugs import slug_from
from campaign.kernel.versions import check_version

LONGEST_SLUG = 80
PLACES = 30
"""Of the shift that every event has from the beginning."""


class NotPossible(DomainError):
    """The event is not in a state for this."""


@dataclass(frozen=True, slots=True)
class EventDraft:
    """When, where, and what it is called."""

    title: str
    place: str
    held_on: date


@dataclass(frozen=True, slots=True)
class EventDetails:
    """What the public page of an event says beside that."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    timezone: str = "Europe/Berlin"
    language: str = "en"
    about: Mapping[str, str] = field(default_factory=dict)
    venue: str = ""
    is_venue_public: bool = False
    is_public: bool = False
    group_id: uuid.UUID | None = None


def create_event(
    kind: EventKind, draft: EventDraft, *, actor: uuid.UUID | None, is_demo: bool = False,
    details: EventDetails | None = None, places: int = PLACES,
) -> Event:  # fmt: skip
    """Plan an event with one shift; its address is made from its title and day."""
    event = Event(
        id=uuid.uuid4(), slug=_free_slug(draft), kind=kind, title=draft.title, place=draft.place,
        held_on=draft.held_on, state=EventState.PLANNED, is_demo=is_demo, created_by=actor, created_on=clock.today(),
    )  # fmt: skip
    session.add(event)
    session.flush()
    session.add(EventShift(id=uuid.uuid4(), event_id=event.id, title="", capacity=places))
    if details is not None:
        _describe(event, details)
    session.flush()
    audit.record("event.create", actor=actor, about=f"event:{event.id}")
    return event


def edit_event(event: Event, draft: EventDraft, *, seen_version: int, actor: uuid.UUID) -> bool:
    """Change when, where and what it is called; gives whether anything changed. The address stays.

    Whoever signed up is told where day or place are others.

    Raises NotPossible when it was called off or has taken place, Conflict when somebody else changed it meanwhile.
    """
    if not policy.can_edit(event):
        raise NotPossible(N_("This has been called off or has taken place, so it is changed no more."))
    check_version(event.version, seen_version)
    if (event.title, event.place, event.held_on) == (draft.title, draft.place, draft.held_on):
        return False
    is_elsewhen = (event.place, event.held_on) != (draft.place, draft.held_on)
    _move_hours(event, draft.held_on - event.held_on)
    event.title, event.place, event.held_on = draft.title, draft.place, draft.held_on
    session.flush()
    audit.record("event.edit", actor=actor, about=f"event:{event.id}")
    if is_elsewhen:
        signups.tell_everybody(event, reason=f"edit-{event.version}")
    return True


def describe_event(
    event_id: uuid.UUID, draft: EventDraft, details: EventDetails, *, seen_version: int, actor: uuid.UUID
) -> Event:
    """Change all that an event says; whoever signed up is told when day, hours or place are others.

    Raises NotPossible, Conflict. The day of a letter evening is changed where its cards are, since they follow it.
    """
    event = get_event(event_id, lock=True)
    if not policy.can_edit(event):
        raise NotPossible(N_("This has been called off or has taken place, so it is changed no more."))
    check_version(event.version, seen_version)
    if event.kind == EventKind.LETTER_EVENING and event.held_on != draft.held_on:
        raise NotPossible(N_("The day of a letter evening is changed on its own page, since its cards follow it."))
    before = (event.held_on, event.starts_at, event.ends_at, event.place, venue_of(event))
    event.title, event.place, event.held_on = draft.title, draft.place, draft.held_on
    if event.starts_at is not None and details.starts_at is not None:
        _move_shifts(event, details.starts_at - event.starts_at)
    group_id = event.group_id
    _describe(event, details)
    if event.kind == EventKind.LETTER_EVENING:
        event.group_id = group_id  # the group of the evening, which is changed where the evening is
    session.flush()
    audit.record("event.edit", actor=actor, about=f"event:{event.id}")
    if before != (event.held_on, event.starts_at, event.ends_at, event.place, venue_of(event)):
        signups.tell_everybody(event, reason=f"edit-{event.version}")
    return event


def venue_of(event: Event) -> str:
    """The exact place; empty where none was written down. Raises KeyMissing, KeyDestroyed."""
    return VENUE.unseal(SCOPE, event.id, event.venue_sealed) if event.venue_sealed else ""


def cancel_event(event: Event, *, actor: uuid.UUID) -> None:
    """Call it off, which is final. Raises Conflict when that was done already or it has taken place."""
    if not policy.can_cancel(event):
        raise Conflict(N_("This has been called off or has taken place already."))
    event.state = EventState.CANCELLED
    session.flush()
    signups.call_off(event, actor=actor)
    audit.record("event.cancel", actor=actor, about=f"event:{event.id}")


def mark_held(event: Event, *, actor: uuid.UUID) -> None:
    """Say that it took place; twice is once. Raises NotPossible before its day or when it was called off."""
    if event.state == EventState.HELD:
        return
    if not policy.can_be_held(event, clock.today()):
        raise NotPossible(N_("It has not taken place: its day is still ahead, or it was called off."))
    event.state = EventState.HELD
    session.flush()
    audit.record("event.held", actor=actor, about=f"event:{event.id}")


def _describe(event: Event, details: EventDetails) -> None:
    keyring.ensure(SCOPE)
    event.starts_at, event.ends_at, event.timezone = details.starts_at, details.ends_at, details.timezone
    event.language, event.is_public, event.group_id = details.language, details.is_public, details.group_id
    event.about = {language: text for language, text in details.about.items() if text}
    if details.venue != venue_of(event):
        event.venue_sealed = VENUE.seal(SCOPE, event.id, details.venue) if details.venue else None
    event.is_venue_public = details.is_venue_public


def _move_hours(event: Event, by: timedelta) -> None:
    if event.starts_at is not None and event.ends_at is not None:
        event.starts_at, event.ends_at = event.starts_at + by, event.ends_at + by
        _move_shifts(event, by)


def _move_shifts(event: Event, by: timedelta) -> None:
    for shift in list_shifts(event.id):
        if by and shift.starts_at is not None and shift.ends_at is not None:
            shift.starts_at, shift.ends_at = shift.starts_at + by, shift.ends_at + by


def _free_slug(draft: EventDraft) -> str:
    day = draft.held_on.isoformat()
    stem = slug_from(draft.title, LONGEST_SLUG - len(day) - 6) or "event"
    wanted = f"{stem}-{day}"
    taken, slug, number = list_slugs_like(wanted), wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
