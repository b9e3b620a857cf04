"""What mailings add to the rest, a module a part."""

from campaign.mailings.hooks import own_data

PARTS = (own_data,)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
