"""Staff pages of statements."""

from campaign.banking.staff_views import files, lines
from campaign.banking.staff_views.blueprint import bp

__all__ = ["bp", "files", "lines"]
