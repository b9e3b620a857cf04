"""Who may do what with payments and payees. Coordinators, organisers and all others see nothing of either."""

from campaign.kernel.actors import Actor, Role

KEEPERS = (Role.TREASURER,)
"""Who write payments and payees, say that one has left, and open details."""
READERS = (Role.TREASURER, Role.ADMIN)
"""Who see payments with codes of payees, and are the second or third person of one."""


def can_keep(actor: Actor) -> bool:
    """Write payments and payees."""
    return actor.has_role(*KEEPERS)


def can_see(actor: Actor) -> bool:
    """See payments, review and approve them."""
    return actor.has_role(*READERS)
