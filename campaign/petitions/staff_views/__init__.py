"""The staff side of petitions: writing, reviewing, running, delivering."""

from campaign.petitions.staff_views import frames, lists, outcome, people, pictures, steps, updates, wording, write
from campaign.petitions.staff_views.blueprint import bp

__all__ = ["bp", "frames", "lists", "outcome", "people", "pictures", "steps", "updates", "wording", "write"]
