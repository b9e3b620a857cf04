"""What statements add to the rest."""

from campaign.banking.hooks import retention, staff

PARTS = (retention, staff)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
