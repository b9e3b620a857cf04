"""What dossiers do when somebody's situation changes: those that are open are looked at again before they leave."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from campaign.dossiers.models import OPEN, Dossier
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import Applied, Change, Consequence, Forecast
from campaign.prisoners.models import ChangeKind

CONCERNED = frozenset({ChangeKind.RELEASED, ChangeKind.EXCHANGED, ChangeKind.DIED, ChangeKind.SENTENCED})
"""After these a dossier says something that is not so. A transfer only dates an answer, which the check tells."""


def preview(change: Change) -> Forecast:
    """The open ones of this person."""
    return Forecast(len(_open(change)) if change.kind in CONCERNED else 0)


def mark(change: Change) -> Applied:
    """Mark each; one that is marked already keeps what it was marked for."""
    found = _open(change, locked=True)
    marked = [each for each in found if each.look_change_id is None]
    for each in marked:
        each.look_change_id, each.look_kind = change.id, change.kind
    session.flush()
    return Applied(len(found), {"change": str(change.id)})


def unmark(_change: Change, memory: Mapping[str, Any]) -> int:
    """Take back the marks that this change set and nobody has answered since."""
    mine = update(Dossier).where(Dossier.look_change_id == uuid.UUID(memory["change"]))
    taken = mine.values(look_change_id=None, look_kind=None).returning(Dossier.id)
    return len(session.execute(taken.execution_options(synchronize_session=False)).all())


LOOK_AGAIN = Consequence(
    "dossiers.look", N_("Dossiers to be looked at again before they leave: %(count)s"), True, preview, mark, unmark,
    unmark,
)  # fmt: skip


def _open(change: Change, *, locked: bool = False) -> list[Dossier]:
    theirs = (Dossier.prisoner_id == change.prisoner_id, Dossier.state.in_(OPEN))
    mine = select(Dossier).where(*theirs).order_by(Dossier.id)
    if locked:
        mine = mine.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(mine))
