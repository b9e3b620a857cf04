"""Who may do what with pen-pals. Pure."""

from campaign.kernel.actors import Role

SCOPE = "group"
COORDINATORS = (Role.COORDINATOR,)
"""Run groups, match, assign; narrowed to a group where the role is."""
READERS = (Role.COORDINATOR, Role.ADMIN)
"""Read figures and lists without names of writers."""
