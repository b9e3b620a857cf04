"""Who may do what with mailings, as pure predicates."""

import uuid

from campaign.kernel.actors import Actor, Role

WRITERS = (Role.ORGANISER,)
"""Those who may see people: whoever writes to a list has to be allowed to see it."""


def may_write(actor: Actor) -> bool:
    """Whether they see mailings, write them and propose them."""
    return actor.has_role(*WRITERS)


def may_stop(actor: Actor) -> bool:
    """Whether they may hold a mailing or stop it, without seeing to whom it goes."""
    return actor.has_role(*WRITERS, Role.ADMIN)


def may_approve(actor: Actor, *, written_by: uuid.UUID | None, proposed_by: uuid.UUID | None) -> bool:
    """Whether they may say yes to it: a second person, who neither wrote nor proposed it."""
    return may_write(actor) and actor.id not in (written_by, proposed_by)
