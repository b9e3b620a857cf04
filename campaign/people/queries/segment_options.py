"""What the conditions of a segment let one choose from: tags, fields of our own with their options, sources."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.people.models import FieldKind, Person, PersonField
from campaign.people.queries.fields import list_open_fields, list_tag_names

MOST_SOURCES = 200


def list_tags() -> list[tuple[str, str]]:
    """Id and name of each tag, by name."""
    return [(str(tag), name) for tag, name in list_tag_names()]


def list_fields(kind: FieldKind) -> Sequence[PersonField]:
    """The fields of one kind that are in use."""
    return [each for each in list_open_fields() if each.kind == kind]


def find_field(field_id: uuid.UUID) -> PersonField | None:
    """One field, in use or not."""
    return session.get(PersonField, field_id)


def list_sources() -> list[str]:
    """Where records come from, the most frequent first."""
    statement = select(Person.source).where(Person.source != "").group_by(Person.source)
    return list(session.scalars(statement.order_by(func.count().desc(), Person.source).limit(MOST_SOURCES)))
