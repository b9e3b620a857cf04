"""Staff pages of pen-pals, a module and a blueprint each."""

from campaign.penpals.staff_views import evening_results, matching_lines, offers

__all__ = ["evening_results", "matching_lines", "offers"]
