"""Who may do what with gifts and pledges, as pure predicates. Coordinators see nothing of it."""

from campaign.kernel.actors import Actor, Role

KEEPERS = (Role.TREASURER,)
"""Who see who gave, on record, and write gifts down."""
READERS = (Role.TREASURER, Role.ADMIN)
"""Who see gifts and pledges by number and code."""


def can_see(actor: Actor) -> bool:
    """See gifts and pledges, without anybody's name."""
    return actor.has_role(*READERS)


def can_keep(actor: Actor) -> bool:
    """Write gifts down, move them, and look at a donor."""
    return actor.has_role(*KEEPERS)
