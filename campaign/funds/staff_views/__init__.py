"""Funds and the ledger for staff."""

from campaign.funds.staff_views import accounts, funds, giving, journal, proposals, rates
from campaign.funds.staff_views.blueprint import bp

__all__ = ["accounts", "bp", "funds", "giving", "journal", "proposals", "rates"]
