"""Reads of petitions."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.registry import petition_totals
from campaign.petitions.models import PUBLIC_STATES, Audience, Petition, PetitionState

COLLECTING = frozenset({PetitionState.OPEN, PetitionState.PAUSED})


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


def get_petition(petition_id: uuid.UUID) -> Petition:
    """A petition in any state, with its texts; raises NotFound."""
    petition = session.get(Petition, petition_id, options=[selectinload(Petition.texts)])
    if petition is None:
        raise NotFound
    return petition


def public_petitions(*, with_outside_only: bool, past: bool = False) -> Select[Any]:
    """Petitions the public may see, newest first, for one page of a list: those collecting now, or those that ended.

    `with_outside_only`: also those meant for people outside Russia; never for a visitor who is there (SAFETY.md 17).
    """
    states = PUBLIC_STATES - COLLECTING if past else COLLECTING
    statement = (
        select(Petition)
        .options(selectinload(Petition.texts))
        .where(Petition.state.in_(states))
        .order_by(Petition.opened_on.desc(), Petition.slug)
    )
    if not with_outside_only:
        statement = statement.where(Petition.audience == Audience.ANYWHERE)
    return statement


def list_public_petitions(*, with_outside_only: bool, limit: int) -> Sequence[Petition]:
    """The newest petitions that collect signatures now, at most `limit`."""
    return session.scalars(public_petitions(with_outside_only=with_outside_only).limit(limit)).all()


def totals_of(petitions: Sequence[Petition]) -> dict[uuid.UUID, int]:
    """Confirmed signatures of each, as the feature that counts them says; 0 where none was counted."""
    ids = [petition.id for petition in petitions]
    totals = dict.fromkeys(ids, 0)
    for count in petition_totals:
        totals.update(count(ids))
    return totals


def _looks_like_slug(slug: str) -> bool:
    # PostgreSQL refuses NUL in text with an error of its own; no slug has one.
    return len(slug) <= 80 and slug.isascii() and slug.replace("-", "").isalnum()
