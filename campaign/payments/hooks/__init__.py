"""What payments add to the rest, a module a part."""

from campaign.payments.hooks import retention, staff

PARTS = (retention, staff)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
