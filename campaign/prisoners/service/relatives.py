"""Contacts of a family: sealed to the vault as they are written down; this server keeps none that it can read.

What stands beside the seal in clear (whose relative, which kind of tie, by which way to reach) names nobody.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.vault import seal_to_vault
from campaign.kernel.crypto.vault_door import Box, vault_door
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import OVER, LibertyStatus, Prisoner, Relative, StateWatch

TABLE, COLUMN = "prisoner_relative", "details_sealed"
KEPT_AFTER_THE_END = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class RelativeDraft:
    """Somebody close to a prisoner: `details` (who, how to reach, what to mind) is sealed, the rest is not."""

    relation: str
    details: str
    is_contactable: bool = False
    safe_channel: str = "none"


def seal_relative(prisoner: Prisoner, draft: RelativeDraft, *, actor: uuid.UUID | None) -> Relative:
    """Seal and store a contact; flushed. Raises NoVault where this installation cannot seal anything."""
    row = uuid.uuid4()
    relative = Relative(
        id=row, prisoner_id=prisoner.id, relation=draft.relation, is_contactable=draft.is_contactable,
        safe_channel=draft.safe_channel, added_by=actor, added_on=clock.today(),
        details_sealed=seal_to_vault(vault_door.public_key, draft.details, table=TABLE, column=COLUMN, row=row),
    )  # fmt: skip
    session.add(relative)
    session.flush()
    audit.record("relative.sealed", actor=actor, about=f"prisoner:{prisoner.id}")
    return relative


def remove_relative(prisoner: Prisoner, relative_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Delete a contact. Raises NotFound for one of somebody else."""
    relative = session.get(Relative, relative_id)
    if relative is None or relative.prisoner_id != prisoner.id:
        raise NotFound
    session.delete(relative)
    session.flush()
    audit.record("relative.removed", actor=actor, about=f"prisoner:{prisoner.id}")


def boxes_of(relatives: Sequence[Relative]) -> list[Box]:
    """What the open vault is asked for, in the same order."""
    return [Box(TABLE, COLUMN, each.id, each.details_sealed) for each in relatives]


def forget_families(today: date) -> int:
    """Delete contacts and the financial list entry of people whose imprisonment ended a year ago; gives how many."""
    ended = select(LibertyStatus.prisoner_id).where(
        LibertyStatus.until_on.is_(None), LibertyStatus.status.in_(OVER),
        LibertyStatus.since_on <= today - KEPT_AFTER_THE_END,
    )  # fmt: skip
    gone = 0
    for model in (Relative, StateWatch):
        rows = session.execute(
            delete(model)
            .where(model.prisoner_id.in_(ended))
            .returning(model.prisoner_id)
            .execution_options(synchronize_session=False)
        )
        gone += len(rows.all())
    return gone
