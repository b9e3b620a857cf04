"""Reads of what a group tells each other. Nothing is opened here: the service unseals what a page shows."""

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import Select, select

from campaign.kernel.db import session
from campaign.penpals.models import GroupMessage
from campaign.people.models import Volunteer


def messages(group_id: uuid.UUID, prisoner_id: uuid.UUID, *, after: int = 0) -> Select[GroupMessage]:
    """One thread, the newest first, for one page of it; `after`: what a newcomer does not read ends there."""
    return (
        select(GroupMessage)
        .where(GroupMessage.group_id == group_id, GroupMessage.prisoner_id == prisoner_id, GroupMessage.id > after)
        .order_by(GroupMessage.id.desc())
    )


def pseudonyms_of(ids: Iterable[uuid.UUID | None]) -> Mapping[uuid.UUID, str]:
    """What these volunteers are called."""
    wanted = {each for each in ids if each is not None}
    rows = session.execute(select(Volunteer.id, Volunteer.pseudonym).where(Volunteer.id.in_(wanted)))
    return dict(rows.all())
