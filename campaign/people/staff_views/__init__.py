"""The staff side of people's records."""

from campaign.people.staff_views import (
    ask_rounds,
    automation_runs,
    defining,
    erasing,
    person,
    person_asks,
    person_details,
    person_reach,
    segment_steps,
    segment_uses,
    segment_why,
)

__all__ = [
    "ask_rounds",
    "automation_runs",
    "defining",
    "erasing",
    "person",
    "person_asks",
    "person_details",
    "person_reach",
    "segment_steps",
    "segment_uses",
    "segment_why",
]
