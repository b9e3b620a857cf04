"""Reads about events and tasks."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from campaign.activities.models import Event, Task
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound


def get_event(event_id: uuid.UUID, *, lock: bool = False) -> Event:
    """The event; NotFound where there is none. With `lock` its row is held until the end of the transaction."""
    found = session.get(Event, event_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound
    return found


def list_slugs_like(slug: str) -> set[str]:
    """The slugs that begin with `slug`."""
    return set(session.scalars(select(Event.slug).where(Event.slug.startswith(slug, autoescape=True))))


def list_tasks_of(volunteer_id: uuid.UUID) -> Sequence[Task]:
    """What somebody took on and did, the newest first."""
    statement = select(Task).where(Task.claimed_by == volunteer_id)
    return session.scalars(statement.order_by(Task.created_on.desc(), Task.id)).all()
