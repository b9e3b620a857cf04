"""What the accounts add to the rest, a module a part."""

from campaign.accounting.hooks import staff

PARTS = (staff,)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
