"""For whom a segment is counted: everybody, or the people of the groups to which a role is narrowed."""

from campaign.kernel.actors import Actor
from campaign.kernel.errors import Forbidden
from campaign.people import policy
from campaign.people.queries.segments import EVERYBODY


def audience_of(actor: Actor) -> str:
    """The audience of a role, as rows keep it: ids of groups, sorted; empty for everybody. Raises Forbidden."""
    groups = policy.groups_of(actor)
    if groups is None:
        return EVERYBODY
    if not groups:
        raise Forbidden
    return ",".join(sorted(map(str, groups)))
