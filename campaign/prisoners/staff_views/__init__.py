"""The staff side of prisoners."""

from campaign.prisoners.staff_views import facilities
from campaign.prisoners.staff_views.blueprint import bp

__all__ = ["bp", "facilities"]
