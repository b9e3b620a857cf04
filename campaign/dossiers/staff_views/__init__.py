"""Dossiers for staff: one blueprint whose views lie in a module a part."""

from campaign.dossiers.staff_views import parts, room, sections, show, steps
from campaign.dossiers.staff_views.blueprint import bp

__all__ = ["bp", "parts", "room", "sections", "show", "steps"]
