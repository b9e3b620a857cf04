"""What dossiers add to the rest, a module a part."""

from campaign.dossiers.hooks import people, retention, staff

PARTS = (people, retention, staff)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
