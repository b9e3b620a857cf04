"""The staff side of prisoners."""

from campaign.prisoners.staff_views import (
    cases,
    change,
    changes,
    charges,
    court,
    custody,
    facilities,
    family,
    import_rows,
    imports,
    interests,
    officials,
    people,
    pictures,
    publication,
    recheck,
    reports,
)
from campaign.prisoners.staff_views.blueprint import bp

__all__ = [
    "bp",
    "cases",
    "change",
    "changes",
    "charges",
    "court",
    "custody",
    "facilities",
    "family",
    "import_rows",
    "imports",
    "interests",
    "officials",
    "people",
    "pictures",
    "publication",
    "recheck",
    "reports",
]
