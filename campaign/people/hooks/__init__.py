"""What people's records add to the rest, a module a part."""

from campaign.people.hooks import (
    ask_mail,
    automation_asks,
    automation_data,
    automations,
    bulk,
    conditions,
    doubles,
    index,
    ladder,
    ladder_conditions,
    lists,
    mail_wishes,
    own_data,
    reports,
    returns,
    segments,
    subjects,
    timeline,
)

PARTS = (
    automations,
    automation_asks,
    automation_data,
    ask_mail,
    bulk,
    conditions,
    doubles,
    index,
    ladder,
    ladder_conditions,
    lists,
    mail_wishes,
    own_data,
    reports,
    returns,
    segments,
    subjects,
    timeline,
)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
