"""Who may do what with pen-pals. Pure."""

import uuid

from campaign.kernel.actors import Actor, Role
from campaign.penpals.matching.traits import AVOIDABLE, Avoidable, traits_of

__all__ = [
    "AVOIDABLE", "COORDINATORS", "READERS", "SCOPE", "Avoidable", "can_create_group", "can_run_group", "traits_of",
]  # fmt: skip

SCOPE = "group"
COORDINATORS = (Role.COORDINATOR,)
"""Run groups, match, assign; narrowed to a group where the role is."""
READERS = (Role.COORDINATOR, Role.ADMIN)
"""Read figures and lists without names of writers."""


def can_run_group(actor: Actor, group_id: uuid.UUID) -> bool:
    """Change a group and see who belongs to it and what it says. Admins do not (SAFETY.md 11)."""
    return actor.has_role_in(SCOPE, group_id, *COORDINATORS)


def can_create_group(actor: Actor) -> bool:
    """Make new groups: a role for one group makes no further one."""
    return actor.has_role(*COORDINATORS)
