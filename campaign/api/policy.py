"""Who lets programs of partners in. Pure predicates."""

from campaign.kernel.actors import Actor, Role

MANAGERS = (Role.ADMIN,)


def can_manage(actor: Actor) -> bool:
    """Make and revoke tokens, and look after webhooks."""
    return actor.has_role(*MANAGERS)
