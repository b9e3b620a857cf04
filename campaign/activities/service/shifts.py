"""Parts of an event with places of their own."""

import uuid
from datetime import datetime

from campaign.activities.models import EventShift
from campaign.activities.policy import can_edit
from campaign.activities.queries import get_event
from campaign.activities.queries.events import list_shifts
from campaign.activities.service.events import NotPossible
from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_

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


def name_shift(shift_id: uuid.UUID, title: str) -> None:
    """Call it something else."""
    session.get_one(EventShift, shift_id).title = title
    session.flush()
