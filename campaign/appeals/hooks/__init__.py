"""What appeals add to the rest, a module a part."""

from campaign.appeals.hooks import people, retention, share, staff

PARTS = (people, retention, share, staff)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
