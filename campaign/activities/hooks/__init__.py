"""What activities add to the rest, a module a part."""

from campaign.activities.hooks import (
    automations,
    call_desk,
    calls,
    events,
    ladder,
    mail_block,
    own_tasks,
    reports,
    task_conditions,
    tasks,
)

PARTS = (
    own_tasks,
    events,
    calls,
    call_desk,
    reports,
    automations,
    tasks,
    task_conditions,
    ladder,
    mail_block,
)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
