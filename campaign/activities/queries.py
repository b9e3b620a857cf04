"""Reads about events."""

import uuid

from sqlalchemy import select

from campaign.activities.models import Event
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
