"""Whose records somebody may see: asked anew in every request, so that leaving a group or losing a role ends it."""

import uuid

from sqlalchemy import Select, select

from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.errors import Forbidden
from campaign.kernel.registry_people import people_within
from campaign.people import policy

Within = Select[uuid.UUID] | None
"""A SELECT of the ids of those who may be seen, for `Person.id.in_(within)`; None: everybody."""


def people_seen_by(actor: Actor) -> Within:
    """Whose records `actor` may see and edit. Raises Forbidden where that is nobody by role."""
    groups = policy.groups_of(actor)
    if groups is None:
        return None
    if not groups:
        raise Forbidden
    return people_within[policy.SCOPE](groups)


def check_seen(actor: Actor, person_id: uuid.UUID) -> None:
    """Raise Forbidden where this record is not for `actor`, whether there is such a record or not.

    Somebody who sees everybody passes; that a record does not exist is then said by whoever reads it.
    """
    within = people_seen_by(actor)
    if within is None:
        return
    allowed = within.subquery()
    if session.scalar(select(allowed.c[0]).where(allowed.c[0] == person_id).limit(1)) is None:
        raise Forbidden
