"""What activities add to the rest, a module a part."""

from campaign.activities.hooks import events, own_tasks

PARTS = (own_tasks, events)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
