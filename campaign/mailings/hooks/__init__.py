"""What mailings add to the rest, a module a part."""

from campaign.mailings.hooks import actions, needs, own_data, people, results, room, sending, short_links, testing

PARTS = (actions, needs, own_data, people, results, room, sending, short_links, testing)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
