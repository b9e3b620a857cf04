"""What people's records add to the rest, a module a part."""

from campaign.people.hooks import bulk, conditions, doubles, index, own_data, segments, timeline

PARTS = (index, timeline, own_data, conditions, segments, bulk, doubles)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
