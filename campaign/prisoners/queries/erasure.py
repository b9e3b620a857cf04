"""Reads about erasing somebody."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.registry import person_erasers
from campaign.prisoners.models import ErasureRequest


def find_request(prisoner_id: uuid.UUID) -> ErasureRequest | None:
    """The request that somebody be erased; None where nobody asked."""
    return session.get(ErasureRequest, prisoner_id)


def list_what_goes(prisoner_id: uuid.UUID) -> Sequence[tuple[str, int]]:
    """What goes with a person: words with a place for the number, and the number; nothing of which there is none."""
    counted = [(each.describes, each.count(prisoner_id)) for each in person_erasers]
    return [(words, count) for words, count in counted if count]


def list_waiting_for(actor: uuid.UUID) -> Sequence[uuid.UUID]:
    """Who is to be erased and waits for this person as the second one, the oldest request first."""
    statement = select(ErasureRequest.prisoner_id).where(ErasureRequest.asked_by != actor)
    return session.scalars(statement.order_by(ErasureRequest.asked_on, ErasureRequest.prisoner_id)).all()
