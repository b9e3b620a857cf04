"""Who may do what with needs, as pure predicates. Treasurers see what is approved with the payments, and no needs."""

from campaign.kernel.actors import Actor, Role

READERS = (Role.COORDINATOR, Role.ORGANISER, Role.ADMIN)
"""Who see needs, make sure of them and approve what somebody else wrote."""
WORKERS = (Role.COORDINATOR,)
"""Who report and change needs, see to them, give slots for parcels and keep the table of quotas."""


def can_see(actor: Actor) -> bool:
    """See needs, make sure of one, approve or decline one."""
    return actor.has_role(*READERS)


def can_work(actor: Actor) -> bool:
    """Report and change needs and see to them."""
    return actor.has_role(*WORKERS)
