"""Screens of mailings."""

from campaign.mailings.staff_views import preview, results, room, sending, templates
from campaign.mailings.staff_views.blueprint import bp

__all__ = ["bp", "preview", "results", "room", "sending", "templates"]
