"""Who may do what with the accounts as a whole, as pure predicates."""

from campaign.kernel.actors import Actor, Role

KEEPERS = (Role.TREASURER,)
"""Who propose that a month is closed and a report is published."""
READERS = (Role.TREASURER, Role.ADMIN)
"""Who see all of it, and are the second person."""


def can_propose(actor: Actor) -> bool:
    """Propose a closing or a report."""
    return actor.has_role(*KEEPERS)


def can_see(actor: Actor) -> bool:
    """See the reports and decide on what another proposed."""
    return actor.has_role(*READERS)
