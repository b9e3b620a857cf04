"""Saving a list with its filters, order and columns under a title."""

import uuid
from collections.abc import Mapping

from sqlalchemy import func, select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.text import one_line
from campaign.people.models import LONGEST_TITLE, PeopleView
from campaign.people.queries.views import get_own_view

MOST_VIEWS = 50


class BadTitle(DomainError):
    """A view needs a title."""


def save_view(
    owner: uuid.UUID, title: str, query: Mapping[str, str], *, is_shared: bool, is_default: bool
) -> PeopleView:  # fmt: skip
    """Save a view; one's own of the same title is replaced. Raises BadTitle, Conflict where there are too many."""
    line = one_line(title, LONGEST_TITLE)
    if not line:
        raise BadTitle(N_("A view needs a title."))
    # One account at a time, or two saved at once could both become the default.
    session.execute(select(func.pg_advisory_xact_lock(owner.int & (2**62 - 1))))
    if is_default:
        session.execute(update(PeopleView).where(PeopleView.owner_id == owner).values(is_default=False))
    mine = select(PeopleView).where(PeopleView.owner_id == owner)
    view = session.scalar(mine.where(func.lower(PeopleView.title) == line.lower()))
    if view is None:
        if (session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST_VIEWS:
            raise Conflict(N_("You have fifty views already. Delete one that you no longer need."))
        view = PeopleView(id=uuid.uuid4(), owner_id=owner, created_on=clock.today())
        session.add(view)
    was_shared = bool(view.is_shared)
    view.title, view.query, view.is_shared, view.is_default = line, dict(query), is_shared, is_default
    session.flush()
    if is_shared or was_shared:
        audit.record("people.view_shared" if is_shared else "people.view_kept", actor=owner, about=f"view:{view.id}")
    return view


def delete_view(owner: uuid.UUID, view_id: uuid.UUID) -> None:
    """Delete a view of one's own. Raises NotFound."""
    view = get_own_view(owner, view_id)
    if view.is_shared:
        audit.record("people.view_kept", actor=owner, about=f"view:{view.id}")
    session.delete(view)
    session.flush()
