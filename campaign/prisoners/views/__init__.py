"""The public side: the list, the dates ahead, the feeds, telling us. A person's own page draws on several
features and stands in site/prisoner.py."""

from campaign.prisoners.views import dates, feeds, people, portraits
from campaign.prisoners.views.blueprint import bp, feeds_bp

__all__ = ["bp", "dates", "feeds", "feeds_bp", "people", "portraits"]
