"""What rules of people's own records do: give a tag, take one away, tell staff."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.registry_automations import Order
from campaign.people.models import BulkKind, Tag
from campaign.people.service.bulk_kinds import KINDS

Values = Mapping[str, Any]
People = Collection[uuid.UUID]
Memory = Mapping[uuid.UUID, dict[str, Any]]
GIVE, TAKE = KINDS[BulkKind.ADD_TAG], KINDS[BulkKind.TAKE_TAG]


class TagGone(DomainError):
    """The tag was deleted a moment ago."""


def give_tag(values: Values, people: People, _order: Order) -> Memory:
    """Let them carry the tag. Raises TagGone."""
    given = GIVE.apply(values, people)
    if not given and session.get(Tag, uuid.UUID(values["tag"]), populate_existing=True) is None:
        raise TagGone(N_("The tag is gone."))
    return given


def take_tag(values: Values, people: People, _order: Order) -> Memory:
    """Take the tag off them."""
    return TAKE.apply(values, people)


def tell_staff(_values: Values, people: People, _order: Order) -> Memory:
    """Nothing but the line of the log: the dashboard counts those at whom nobody has looked."""
    return {person: {} for person in people}
