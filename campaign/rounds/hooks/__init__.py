"""What rounds add to the rest, a module a part."""

from campaign.rounds.hooks import keeping, staff

PARTS = (keeping, staff)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
