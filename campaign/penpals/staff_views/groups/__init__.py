"""The staff side of groups."""

from campaign.penpals.staff_views.groups import lists, people, prisoners
from campaign.penpals.staff_views.groups.blueprint import bp

__all__ = ["bp", "lists", "people", "prisoners"]
