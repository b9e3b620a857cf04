"""What people's records add to the rest, a module a part."""

from campaign.people.hooks import (
    bulk,
    conditions,
    doubles,
    index,
    ladder,
    ladder_conditions,
    lists,
    own_data,
    reports,
    segments,
    timeline,
)

PARTS = (bulk, conditions, doubles, index, ladder, ladder_conditions, lists, own_data, reports, segments, timeline)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
