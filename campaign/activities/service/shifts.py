"""Parts of an event with places of their own."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from campaign.activities.models import EventShift
from campaign.activities.policy import can_edit
from campaign.activities.queries import get_event
from campaign.activities.queries.events import list_shifts
from campaign.activities.service import signups
from campaign.activities.service.events import NotPossible
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound

MOST_SHIFTS = 20


def add_shift(
    event_id: uuid.UUID, title: str, starts_at: datetime | None, ends_at: datetime | None, places: int, *,
    actor: uuid.UUID | None,
) -> EventShift:  # fmt: skip
    """Add one. Raises NotPossible where the event is over or has many already."""
    event = get_event(event_id, lock=True)
    if not can_edit(event) or len(list_shifts(event_id)) >= MOST_SHIFTS:
        raise NotPossible(N_("No shift can be added: the event is over, or has 20 of them."))
    shift = EventShift(
        id=uuid.uuid4(), event_id=event_id, title=title, starts_at=starts_at, ends_at=ends_at, capacity=places
    )
    session.add(shift)
    session.flush()
    audit.record("event.shift", actor=actor, about=f"event:{event_id}")
    return shift


@dataclass(frozen=True, slots=True)
class ShiftDraft:
    """What a shift is called, when it is (None: as the event), and how many places it has."""

    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    places: int


class WouldRemove(DomainError):
    """People have a place in the shift or wait for one: so many, of whom the caller does not know yet."""

    def __init__(self, placed: int, waiting: int) -> None:
        super().__init__(N_("People are signed up for this shift."))
        self.placed, self.waiting = placed, waiting


def change_shift(
    shift_id: uuid.UUID, draft: ShiftDraft, *, actor: uuid.UUID, accepted: Collection[uuid.UUID] = ()
) -> None:
    """Rename, move and resize it; whoever is in it is told of other hours.

    Raises signups.WouldBump as `set_capacity` does, signups.Over, NotFound; then nothing is changed.
    """
    shift = signups.set_capacity(shift_id, draft.places, actor=actor, accepted=accepted)
    was = (shift.starts_at, shift.ends_at)
    shift.title, shift.starts_at, shift.ends_at = draft.title, draft.starts_at, draft.ends_at
    session.flush()
    if was != (draft.starts_at, draft.ends_at):
        # Moved back and forth within a minute is one piece of news.
        signups.tell_shift(shift, reason=f"hours-{clock.now():%Y-%m-%dT%H:%M}-{draft.starts_at}-{draft.ends_at}")
    audit.record("event.shift_change", actor=actor, about=f"event:{shift.event_id}")


def remove_shift(
    shift_id: uuid.UUID, *, actor: uuid.UUID, seen: tuple[int, int] = (0, 0), to_shift: uuid.UUID | None = None
) -> tuple[int, int]:
    """Take a shift away; gives how many had a place and how many waited. They go into `to_shift`, or come off the list.

    Raises WouldRemove unless `seen` is how many there are, NotPossible where it is the only one or the event is no
    longer ahead, NotFound where it is gone already.
    """
    known = session.get(EventShift, shift_id)
    # All of the event, so that of two who take away a shift each the second finds how few are left.
    held = signups.lock_shifts(*(each.id for each in list_shifts(known.event_id))) if known is not None else {}
    shift = held.get(shift_id)
    if shift is None or (to_shift is not None and (to_shift == shift_id or to_shift not in held)):
        raise NotFound
    if not can_edit(get_event(shift.event_id)):
        raise NotPossible(N_("This has been called off or has taken place, so it is changed no more."))
    others = [each for each in list_shifts(shift.event_id) if each.id != shift_id]
    if not others:
        raise NotPossible(N_("An event has one shift at least. Change this one, or call the event off."))
    people = signups.people_in(shift)
    if people != seen:
        raise WouldRemove(*people)
    target = held[to_shift] if to_shift is not None else others[0]
    signups.clear_out(shift, target, is_moving=to_shift is not None, actor=actor)
    session.delete(shift)
    session.flush()
    audit.record("event.shift_remove", actor=actor, about=f"event:{shift.event_id}", amount=sum(people))
    return people
