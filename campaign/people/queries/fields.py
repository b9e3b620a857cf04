"""Tags and fields that staff defined, as lists offer them."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.people.models import PersonField, Tag


def list_open_fields() -> Sequence[PersonField]:
    """Fields in use, in their order."""
    in_use = select(PersonField).where(PersonField.put_away_on.is_(None))
    return session.scalars(in_use.order_by(PersonField.position, PersonField.slug)).all()


def list_tag_names() -> list[tuple[uuid.UUID, str]]:
    """Every tag with its name, by name."""
    return [(row.id, row.name) for row in session.execute(select(Tag.id, Tag.name).order_by(func.lower(Tag.name)))]
