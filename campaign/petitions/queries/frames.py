"""Reads of the sites that may show a petition in a frame."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.petitions.models import FrameSite


def list_frame_sites(petition_id: uuid.UUID) -> Sequence[FrameSite]:
    """The sites that may show a petition in a frame, by origin."""
    statement = select(FrameSite).where(FrameSite.petition_id == petition_id)
    return session.scalars(statement.order_by(FrameSite.origin)).all()


def list_frame_origins(petition_id: uuid.UUID) -> Sequence[str]:
    """Their origins alone."""
    return session.scalars(
        select(FrameSite.origin).where(FrameSite.petition_id == petition_id).order_by(FrameSite.origin)
    ).all()
