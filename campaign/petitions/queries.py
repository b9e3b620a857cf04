"""Reads of petitions."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.petitions.models import PUBLIC_STATES, Audience, Petition, PetitionState


def get_public_petition(slug: str) -> Petition:
    """A petition that the public may see, with its texts; raises NotFound for every other slug."""
    statement = (
        select(Petition)
        .options(selectinload(Petition.texts))
        .where(Petition.slug == slug, Petition.state.in_(PUBLIC_STATES))
    )
    petition = session.scalar(statement) if _looks_like_slug(slug) else None
    if petition is None:
        raise NotFound
    return petition


def get_public_terms(slug: str) -> tuple[uuid.UUID, PetitionState, Audience]:
    """Id, state and audience of a petition that the public may see; raises NotFound as `get_public_petition` does."""
    statement = select(Petition.id, Petition.state, Petition.audience).where(
        Petition.slug == slug, Petition.state.in_(PUBLIC_STATES)
    )
    row = session.execute(statement).one_or_none() if _looks_like_slug(slug) else None
    if row is None:
        raise NotFound
    return row.id, PetitionState(row.state), Audience(row.audience)


def get_petition(petition_id: uuid.UUID) -> Petition:
    """A petition in any state, with its texts; raises NotFound."""
    petition = session.get(Petition, petition_id, options=[selectinload(Petition.texts)])
    if petition is None:
        raise NotFound
    return petition


def list_public_petitions(*, outside_russia: bool) -> Sequence[Petition]:
    """Petitions open to the public, newest first; those for outside Russia only where the visitor said so."""
    statement = (
        select(Petition)
        .options(selectinload(Petition.texts))
        .where(Petition.state.in_([PetitionState.OPEN, PetitionState.PAUSED]))
        .order_by(Petition.opened_on.desc(), Petition.slug)
    )
    if not outside_russia:
        statement = statement.where(Petition.audience == Audience.ANYWHERE)
    return session.scalars(statement).all()


def _looks_like_slug(slug: str) -> bool:
    # PostgreSQL refuses NUL in text with an error of its own; no slug has one.
    return len(slug) <= 80 and slug.isascii() and slug.replace("-", "").isalnum()
