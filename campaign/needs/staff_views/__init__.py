"""Needs and parcels for staff."""

from campaign.needs.staff_views import need_page, needs_list, parcels, quotas
from campaign.needs.staff_views.blueprint import bp

__all__ = ["bp", "need_page", "needs_list", "parcels", "quotas"]
