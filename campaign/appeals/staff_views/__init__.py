"""The staff side of appeals: writing, reviewing, running; officials; answers."""

from campaign.appeals.staff_views import answers, choosing, godparents, room, steps, target_files, targets, write
from campaign.appeals.staff_views.blueprint import bp

__all__ = ["answers", "bp", "choosing", "godparents", "room", "steps", "target_files", "targets", "write"]
