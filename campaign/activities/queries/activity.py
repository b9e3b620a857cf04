"""On which days people signed up for events and did tasks."""

from typing import Any

from sqlalchemy import Select, select

from campaign.activities.models import EventSignup, SignupState, Task
from campaign.activities.queries.holding import doer
from campaign.people.models import Volunteer


def days_of_events() -> Select[Any, Any]:
    """People and the days on which they signed up with their account; a line of their record says who came."""
    return (
        select(Volunteer.person_id, EventSignup.signed_on)
        .join(EventSignup, EventSignup.volunteer_id == Volunteer.id)
        .where(EventSignup.state != SignupState.PENDING, Volunteer.person_id.is_not(None))
    )


def days_of_tasks() -> Select[Any, Any]:
    """People and the days on which a task of theirs was done."""
    return (
        select(doer(), Task.done_on)
        .select_from(Task)
        .outerjoin(Volunteer, Volunteer.id == Task.claimed_by)
        .where(Task.done_on.is_not(None), Task.keeper_id.is_(None), doer().is_not(None))
    )
