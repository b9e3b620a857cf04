"""Pairs that must not be brought together."""

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.penpals.models import PairBlock


def block_pair(
    prisoner_id: uuid.UUID, *, volunteer_id: uuid.UUID | None = None, group_id: uuid.UUID | None = None, reason: str,
    actor: uuid.UUID | None, by_staff: bool = True,
) -> bool:  # fmt: skip
    """Keep a prisoner and one writer or group apart; False when they are already. Ends nothing that runs."""
    statement = insert(PairBlock).values(
        id=uuid.uuid4(), prisoner_id=prisoner_id, volunteer_id=volunteer_id, group_id=group_id, reason=reason,
        blocked_by=actor, blocked_on=clock.today(),
    )  # fmt: skip
    made = session.scalar(statement.on_conflict_do_nothing().returning(PairBlock.id))
    if made is not None and by_staff:
        audit.record("pair.blocked", actor=actor, about=f"pair_block:{made}", reason=reason)
    return made is not None


def lift_block(block_id: uuid.UUID, *, actor: uuid.UUID | None, reason: str = "") -> bool:
    """Let the two be brought together again; False when nothing keeps them apart any more."""
    found = session.get(PairBlock, block_id, with_for_update=True)
    if found is None:
        return False
    session.delete(found)
    session.flush()
    audit.record("pair.block_lifted", actor=actor, about=f"pair_block:{block_id}", reason=reason)
    return True


def is_blocked(
    prisoner_id: uuid.UUID, *, volunteer_id: uuid.UUID | None = None, group_id: uuid.UUID | None = None
) -> bool:
    """Whether something keeps them apart."""
    side = PairBlock.volunteer_id == volunteer_id if volunteer_id else PairBlock.group_id == group_id
    return session.scalar(select(PairBlock.id).where(PairBlock.prisoner_id == prisoner_id, side).limit(1)) is not None
