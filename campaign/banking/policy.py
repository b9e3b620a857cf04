"""Who may do what with statements, as pure predicates."""

from campaign.kernel.actors import Actor, Role

KEEPERS = (Role.TREASURER,)
"""Who bring statements in, say what lines are, and read who a line is from."""
READERS = (Role.TREASURER, Role.ADMIN)
"""Who see days, amounts and states, and no name."""


def can_see(actor: Actor) -> bool:
    """See statements and lines without what lines say of people."""
    return actor.has_role(*READERS)


def can_keep(actor: Actor) -> bool:
    """Act on statements and lines, and read what they say of people."""
    return actor.has_role(*KEEPERS)
