"""For whom a segment is counted: everybody, or the people of the groups to which a role is narrowed."""

import uuid

from campaign.kernel.actors import Actor
from campaign.kernel.errors import Forbidden
from campaign.kernel.registry_people import people_within
from campaign.people import policy
from campaign.people.service.access import Within

EVERYBODY = ""


def audience_of(actor: Actor) -> str:
    """The audience of a role, as rows keep it: ids of groups, sorted; empty for everybody. Raises Forbidden."""
    groups = policy.groups_of(actor)
    if groups is None:
        return EVERYBODY
    if not groups:
        raise Forbidden
    return ",".join(sorted(map(str, groups)))


def people_of(audience: str) -> Within:
    """A SELECT of the ids of an audience's people, as they are now; None for everybody."""
    if audience == EVERYBODY:
        return None
    return people_within[policy.SCOPE](frozenset(map(uuid.UUID, audience.split(","))))
