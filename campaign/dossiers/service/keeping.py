"""How long what is sealed of a closed dossier is kept, and what goes with a person."""

import uuid
from datetime import date, timedelta

from sqlalchemy import delete, func, select, update

from campaign.dossiers.models import (
    Dossier,
    DossierAnswer,
    DossierConsent,
    DossierPaper,
    DossierRelease,
)
from campaign.kernel.db import session

WORKING_DAYS, RELEASED_DAYS = 365, 3 * 365
"""Of the closing: as long as the body may ask again, and as long as somebody may ask what was said in whose name."""


def forget_working(today: date) -> int:
    """Erase answers, notes, papers and the circumstances of consents a year after the closing; gives how many rows.

    Sources are public and stay, as do the steps, the outcome and, for two more years, what was released.
    """
    due = select(Dossier.id).where(Dossier.ended_on <= today - timedelta(days=WORKING_DAYS))
    gone = 0
    for model in (DossierAnswer, DossierPaper):
        left = delete(model).where(model.dossier_id.in_(due)).returning(model.id)
        gone += len(session.execute(left.execution_options(synchronize_session=False)).all())
    noted = (
        update(DossierConsent)
        .where(DossierConsent.dossier_id.in_(due), DossierConsent.note_sealed.is_not(None))
        .values(note_sealed=None)
        .returning(DossierConsent.id)
    )
    return gone + len(session.execute(noted.execution_options(synchronize_session=False)).all())


def forget_released(today: date) -> int:
    """Erase what was released three years after the closing; its number, day and digest stay. Gives how many."""
    due = select(Dossier.id).where(Dossier.ended_on <= today - timedelta(days=RELEASED_DAYS))
    erased = (
        update(DossierRelease)
        .where(DossierRelease.dossier_id.in_(due), DossierRelease.pdf_sealed.is_not(None))
        .values(content_sealed=None, pdf_sealed=None)
        .returning(DossierRelease.id)
    )
    return len(session.execute(erased.execution_options(synchronize_session=False)).all())


def count_of_person(prisoner_id: uuid.UUID) -> int:
    """How many dossiers are about them."""
    return session.scalar(select(func.count()).select_from(Dossier).where(Dossier.prisoner_id == prisoner_id)) or 0


def forget_person(prisoner_id: uuid.UUID) -> int:
    """Delete every dossier about them with all that hangs on it; gives how many."""
    gone = delete(Dossier).where(Dossier.prisoner_id == prisoner_id).returning(Dossier.id)
    return len(session.execute(gone.execution_options(synchronize_session=False)).all())
