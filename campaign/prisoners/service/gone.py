"""Remembers who was taken back, so that neither a copy of the site nor a restored backup shows them again."""

import hashlib
import uuid

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, Withdrawal


def remember_withdrawal(prisoner: Prisoner, *, is_erased: bool = False) -> None:
    """Note that this person's page is gone since today; an erasure stays one."""
    digest = hashlib.sha256(prisoner.slug.encode()).digest()
    values = {"slug_digest": digest, "is_erased": is_erased, "since_on": clock.today()}
    statement = insert(Withdrawal).values(prisoner_id=prisoner.id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["prisoner_id"], set_=values))


def forget_withdrawal(prisoner_id: uuid.UUID) -> None:
    """The page is public again."""
    session.execute(delete(Withdrawal).where(Withdrawal.prisoner_id == prisoner_id))
