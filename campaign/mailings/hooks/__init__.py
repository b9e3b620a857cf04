"""What mailings add to the rest, a module a part."""

from campaign.mailings.hooks import own_data, room

PARTS = (own_data, room)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
