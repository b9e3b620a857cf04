"""What people's records add to the rest, a module a part."""

from campaign.people.hooks import index, own_data, timeline

PARTS = (index, timeline, own_data)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
