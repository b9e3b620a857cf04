"""Reads of portraits."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import undefer

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import PortraitRendition, PortraitSize, Prisoner, PrisonerPicture, PrisonerState


def find_portrait(prisoner_id: uuid.UUID) -> PrisonerPicture | None:
    """A person's picture without its bytes."""
    return session.get(PrisonerPicture, prisoner_id)


def get_rendition(prisoner_id: uuid.UUID, size: str) -> PortraitRendition:
    """One size of a person's picture with its bytes; raises NotFound."""
    if size not in set(PortraitSize):
        raise NotFound
    rendition = session.get(PortraitRendition, (prisoner_id, size), options=[undefer(PortraitRendition.content)])
    if rendition is None:
        raise NotFound
    return rendition


def get_public_rendition(slug: str, size: str, digest: str) -> PortraitRendition:
    """The same, of somebody whose page is public now, and only under the address that names its content; raises
    NotFound for everything else alike."""
    statement = (
        select(PortraitRendition)
        .join(Prisoner, Prisoner.id == PortraitRendition.prisoner_id)
        .where(
            Prisoner.slug == slug,
            Prisoner.state == PrisonerState.PUBLISHED,
            PortraitRendition.name == size,
            PortraitRendition.digest == digest,
        )
        .options(undefer(PortraitRendition.content))
    )
    rendition = session.scalar(statement)
    if rendition is None:
        raise NotFound
    return rendition
