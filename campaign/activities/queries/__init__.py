"""Reads about events and tasks."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import Select, select

from campaign.activities.models import Event, Task, TaskState
from campaign.activities.queries.holding import doer
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.models import Volunteer


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


def days_of_done_tasks(since: date) -> Select[uuid.UUID, date]:
    """Whose records did a task, on which day since then."""
    found = select(doer(), Task.done_on).select_from(Task).outerjoin(Volunteer, Volunteer.id == Task.claimed_by)
    is_done = (Task.state == TaskState.DONE, Task.done_on >= since, Task.keeper_id.is_(None), doer().is_not(None))
    return cast("Select[uuid.UUID, date]", found.where(*is_done))
