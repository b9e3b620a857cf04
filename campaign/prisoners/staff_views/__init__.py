"""The staff side of prisoners."""

from campaign.prisoners.staff_views import (
    cases,
    charges,
    court,
    facilities,
    officials,
    reports,
)
from campaign.prisoners.staff_views.blueprint import bp

__all__ = [
    "bp",
    "cases",
    "charges",
    "court",
    "facilities",
    "officials",
    "reports",
]
