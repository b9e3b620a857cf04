"""What pen-pals add to people's records: who belongs to the groups to which a coordinator's role is narrowed."""

from campaign.kernel.registry_people import people_within
from campaign.penpals import policy
from campaign.penpals.queries.members import people_of_groups


def register() -> None:
    """Fill the registries."""
    people_within.register(policy.SCOPE, people_of_groups)
