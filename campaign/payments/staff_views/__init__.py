"""Staff views of payments and of payees."""

from campaign.payments.staff_views import limits, orders, papers, payees, payments, steps
from campaign.payments.staff_views.blueprint import bp, payees_bp

__all__ = ["bp", "limits", "orders", "papers", "payees", "payees_bp", "payments", "steps"]
