"""Acts on many people, as they are listed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.models import BulkAct

MOST_LISTED = 200


def list_acts(*, made_by: uuid.UUID | None) -> Sequence[BulkAct]:
    """The newest first; `made_by` None: everybody's."""
    statement = select(BulkAct).order_by(BulkAct.made_at.desc(), BulkAct.id).limit(MOST_LISTED)
    if made_by is not None:
        statement = statement.where(BulkAct.made_by == made_by)
    return session.scalars(statement).all()


def get_act(act_id: uuid.UUID, *, made_by: uuid.UUID | None) -> BulkAct:
    """One act; `made_by` None: anybody's. Raises NotFound."""
    act = session.get(BulkAct, act_id, populate_existing=True)
    if act is None or (made_by is not None and act.made_by != made_by):
        raise NotFound
    return act
