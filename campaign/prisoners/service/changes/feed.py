"""The public feed of changes as one of the things that follow: an entry after ten minutes, marked when it is not so."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import Applied, Change, Consequence, Forecast
from campaign.prisoners.models import ChangeKind, Prisoner, PrisonerState, PublicChange


def preview(change: Change) -> Forecast:
    """One entry for somebody whose page is public; what did not happen gets none of its own."""
    state = session.scalar(select(Prisoner.state).where(Prisoner.id == change.prisoner_id))
    is_told = state == PrisonerState.PUBLISHED and change.kind != ChangeKind.DID_NOT_HAPPEN
    return Forecast(1 if is_told else 0)


def apply(change: Change) -> Applied:
    """Write the entry."""
    entry = PublicChange(
        id=uuid.uuid4(), prisoner_id=change.prisoner_id, change_id=change.id, kind=change.kind,
        happened_on=change.happened_on, happened_precision=change.precision, shown_from=clock.now(), corrected_on=None,
    )  # fmt: skip
    session.add(entry)
    return Applied(1, {"entry": str(entry.id)})


def undo(_change: Change, memory: Mapping[str, Any]) -> int:
    """Take the entry out."""
    entry = session.get(PublicChange, uuid.UUID(memory["entry"]))
    if entry is not None:
        session.delete(entry)
    return 1 if entry is not None else 0


def correct(_change: Change, memory: Mapping[str, Any]) -> int:
    """Mark the entry as not so; feed readers have it already, so it stays to be read with its mark."""
    marked = (
        update(PublicChange)
        .where(PublicChange.id == uuid.UUID(memory["entry"]), PublicChange.corrected_on.is_(None))
        .values(corrected_on=clock.today())
        .returning(PublicChange.id)
    )
    return len(session.execute(marked).all())


FEED = Consequence("feed", N_("Entries in the public list of changes: %(count)s"), False, preview, apply, undo, correct)
