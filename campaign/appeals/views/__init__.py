"""Appeals before the public."""

from campaign.appeals.views import appeal
from campaign.appeals.views.lists import bp

__all__ = ["appeal", "bp"]
