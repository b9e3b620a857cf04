"""Reads of single people."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import Prisoner, PrisonerState


def get_prisoner(prisoner_id: uuid.UUID) -> Prisoner:
    """A person in any state, with texts and interests; raises NotFound."""
    options = [selectinload(Prisoner.texts), selectinload(Prisoner.interests)]
    prisoner = session.get(Prisoner, prisoner_id, options=options)
    if prisoner is None:
        raise NotFound
    return prisoner


def get_public_prisoner(slug: str) -> Prisoner:
    """A person whom the public may see, with texts and interests; raises NotFound for every other slug."""
    statement = select(Prisoner).where(Prisoner.slug == slug, Prisoner.state == PrisonerState.PUBLISHED)
    prisoner = session.scalar(statement.options(selectinload(Prisoner.texts), selectinload(Prisoner.interests)))
    if prisoner is None:
        raise NotFound
    return prisoner
