"""The accounts as a whole, for treasurers and for the second person."""

from campaign.accounting.staff_views import dashboard, figures, months, reports
from campaign.accounting.staff_views.blueprint import bp

__all__ = ["bp", "dashboard", "figures", "months", "reports"]
