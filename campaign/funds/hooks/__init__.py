"""What funds add to the rest, a module a part."""

from campaign.funds.hooks import months, needs, people, staff

PARTS = (months, needs, people, staff)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
