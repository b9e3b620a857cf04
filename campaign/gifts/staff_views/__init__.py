"""Staff pages of pledges and gifts."""

from campaign.gifts.staff_views import gift_steps, gifts, imports, names, pledges, rails
from campaign.gifts.staff_views.blueprint import gifts_bp, pledges_bp

__all__ = ["gift_steps", "gifts", "gifts_bp", "imports", "names", "pledges", "pledges_bp", "rails"]
