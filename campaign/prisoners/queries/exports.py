"""Reads of exports."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import Prisoner, PrisonerExport, PrisonerState

MOST_SHOWN = 50


def list_ids_after(number: int, limit: int, *, published_only: bool) -> Sequence[tuple[int, uuid.UUID]]:
    """The next people by their numbers."""
    statement = select(Prisoner.number, Prisoner.id).where(Prisoner.number > number)
    if published_only:
        statement = statement.where(Prisoner.state == PrisonerState.PUBLISHED)
    found = session.execute(statement.order_by(Prisoner.number).limit(limit)).all()
    return [(row.number, row.id) for row in found]


def list_exports() -> Sequence[PrisonerExport]:
    """What was asked for lately, the newest first."""
    return session.scalars(select(PrisonerExport).order_by(PrisonerExport.asked_at.desc()).limit(MOST_SHOWN)).all()


def get_export(export_id: uuid.UUID) -> PrisonerExport:
    """One export; raises NotFound."""
    found = session.get(PrisonerExport, export_id)
    if found is None:
        raise NotFound
    return found
