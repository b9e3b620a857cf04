"""Views of the list that were saved: one's own, and those that others share."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.models import PeopleView


def list_views(account: uuid.UUID) -> Sequence[PeopleView]:
    """One's own views and the shared ones, by title."""
    seen = or_(PeopleView.owner_id == account, PeopleView.is_shared)
    return session.scalars(select(PeopleView).where(seen).order_by(func.lower(PeopleView.title), PeopleView.id)).all()


def find_default_view(account: uuid.UUID) -> PeopleView | None:
    """What somebody sees who opens the list without saying more, where they chose that."""
    return session.scalar(select(PeopleView).where(PeopleView.owner_id == account, PeopleView.is_default))


def get_own_view(account: uuid.UUID, view_id: uuid.UUID) -> PeopleView:
    """A view of one's own, under the lock of its row. Raises NotFound, also for another's."""
    mine = select(PeopleView).where(PeopleView.id == view_id, PeopleView.owner_id == account).with_for_update()
    view = session.scalar(mine)
    if view is None:
        raise NotFound
    return view
