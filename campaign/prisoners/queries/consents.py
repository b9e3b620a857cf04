"""Reads of consents, and of people who wait for a second person."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, PrisonerConsent, PrisonerState


def list_consents(prisoner: uuid.UUID) -> Sequence[PrisonerConsent]:
    """Every consent of a person, those that hold first, then the newest."""
    statement = select(PrisonerConsent).where(PrisonerConsent.prisoner_id == prisoner)
    order = (PrisonerConsent.revoked_on.is_not(None), PrisonerConsent.given_on.desc(), PrisonerConsent.id)
    return session.scalars(statement.order_by(*order)).all()


def count_publishable(actor: uuid.UUID) -> int:
    """How many records wait for this person as the second one."""
    statement = select(func.count()).select_from(Prisoner)
    statement = statement.where(Prisoner.state == PrisonerState.REVIEW, Prisoner.author_id.is_distinct_from(actor))
    return session.scalar(statement) or 0
