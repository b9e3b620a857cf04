"""What people's records add to the rest, a module a part."""

from campaign.people.hooks import conditions, index, own_data, segments, timeline

PARTS = (index, timeline, own_data, conditions, segments)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
