"""Planning an event, changing it, calling it off, and saying that it took place."""

import uuid
from dataclasses import dataclass
from datetime import date

from campaign.activities import policy
from campaign.activities.models import Event, EventKind, EventState
from campaign.activities.queries import list_slugs_like
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.slugs import slug_from
from campaign.kernel.versions import check_version

LONGEST_SLUG = 80


class NotPossible(DomainError):
    """The event is not in a state for this."""


@dataclass(frozen=True, slots=True)
class EventDraft:
    """When, where, and what it is called."""

    title: str
    place: str
    held_on: date


def create_event(kind: EventKind, draft: EventDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> Event:
    """Plan an event; its address is made from its title and day."""
    event = Event(
        id=uuid.uuid4(), slug=_free_slug(draft), kind=kind, title=draft.title, place=draft.place,
        held_on=draft.held_on, state=EventState.PLANNED, is_demo=is_demo, created_by=actor, created_on=clock.today(),
    )  # fmt: skip
    session.add(event)
    session.flush()
    audit.record("event.create", actor=actor, about=f"event:{event.id}")
    return event


def edit_event(event: Event, draft: EventDraft, *, seen_version: int, actor: uuid.UUID) -> bool:
    """Change when, where and what it is called; gives whether anything changed. The address stays.

    Raises NotPossible when it was called off or has taken place, Conflict when somebody else changed it meanwhile.
    """
    if not policy.can_edit(event):
        raise NotPossible(N_("This has been called off or has taken place, so it is changed no more."))
    check_version(event.version, seen_version)
    if (event.title, event.place, event.held_on) == (draft.title, draft.place, draft.held_on):
        return False
    event.title, event.place, event.held_on = draft.title, draft.place, draft.held_on
    session.flush()
    audit.record("event.edit", actor=actor, about=f"event:{event.id}")
    return True


def cancel_event(event: Event, *, actor: uuid.UUID) -> None:
    """Call it off, which is final. Raises Conflict when that was done already or it has taken place."""
    if not policy.can_cancel(event):
        raise Conflict(N_("This has been called off or has taken place already."))
    event.state = EventState.CANCELLED
    session.flush()
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


def _free_slug(draft: EventDraft) -> str:
    day = draft.held_on.isoformat()
    stem = slug_from(draft.title, LONGEST_SLUG - len(day) - 6) or "event"
    wanted = f"{stem}-{day}"
    taken, slug, number = list_slugs_like(wanted), wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
