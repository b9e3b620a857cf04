"""Who may do what with codes."""

from campaign.kernel.actors import Role

ORGANISERS = (Role.ADMIN, Role.ORGANISER)
