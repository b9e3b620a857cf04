"""What pledges and gifts add to the rest, a module a part."""

from campaign.gifts.hooks import keeping, lines, mails, public, staff

PARTS = (mails, public, staff, keeping, lines)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
