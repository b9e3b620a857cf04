"""Grant rounds for staff."""

from campaign.rounds.staff_views import applications, rounds
from campaign.rounds.staff_views.blueprint import bp

__all__ = ["applications", "bp", "rounds"]
