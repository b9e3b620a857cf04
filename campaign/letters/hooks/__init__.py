"""What letters add to the rest, through kernel/registry.py."""

from campaign.letters.hooks import journey

PARTS = (journey,)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
