"""Who may do what with grant rounds, as pure predicates. Treasurers see the payments that come of one, and no round."""

from campaign.kernel.actors import Actor, Role

READERS = (Role.COORDINATOR, Role.ORGANISER, Role.ADMIN)
"""Who see rounds, verify and score applications."""
ENTERERS = (Role.COORDINATOR,)
"""Who enter applications."""
DECIDERS = (Role.ORGANISER, Role.ADMIN)
"""Who plan a round, propose a split and decide on it."""


def can_see(actor: Actor) -> bool:
    """See rounds, verify and score."""
    return actor.has_role(*READERS)


def can_enter(actor: Actor) -> bool:
    """Enter applications."""
    return actor.has_role(*ENTERERS)


def can_decide(actor: Actor) -> bool:
    """Plan a round, move it, propose and decide."""
    return actor.has_role(*DECIDERS)
