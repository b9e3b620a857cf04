"""Reads of what is known of a family, still sealed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.prisoners.models import PrisonerConsent, Relative, StateWatch


def list_relatives(prisoner_id: uuid.UUID) -> Sequence[Relative]:
    """Every contact, sealed, the newest first."""
    statement = select(Relative).where(Relative.prisoner_id == prisoner_id)
    return session.scalars(statement.order_by(Relative.added_on.desc(), Relative.id)).all()


def count_relatives(prisoner_id: uuid.UUID) -> int:
    """How many contacts are sealed."""
    return session.scalar(select(func.count()).select_from(Relative).where(Relative.prisoner_id == prisoner_id)) or 0


def list_sealed_notes(prisoner_id: uuid.UUID) -> Sequence[PrisonerConsent]:
    """Consents whose note is sealed, the newest first."""
    statement = select(PrisonerConsent).where(
        PrisonerConsent.prisoner_id == prisoner_id, PrisonerConsent.note_sealed.is_not(None)
    )
    return session.scalars(statement.order_by(PrisonerConsent.given_on.desc(), PrisonerConsent.id)).all()


def find_watch(prisoner_id: uuid.UUID) -> StateWatch | None:
    """What the financial monitoring list said of somebody; None where nobody has looked."""
    return session.get(StateWatch, prisoner_id)
