"""How a mail shows an event: its title, the day and the place, as long as it is ahead."""

import uuid
from collections.abc import Sequence

from campaign.activities.models import Event, EventState
from campaign.activities.queries import events as queries
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.registry_mail import MOST_CHOICES, BlockCard, MailBlock, mail_blocks
from campaign.web.i18n import day_in, day_of


def find_card(slug: str, language: str) -> BlockCard | None:
    """An event that stands before the public and is ahead."""
    try:
        found = queries.get_public_event(slug)
    except NotFound:
        return None
    if found.state != EventState.PLANNED or found.held_on < clock.today():
        return None
    when = day_in(language, found.held_on)
    return BlockCard(found.id, found.title, f"{when}, {found.place}" if found.place else when)


def choose_card(language: str, search: str) -> Sequence[tuple[str, str]]:
    """Events ahead, the next first."""
    statement = queries.public_events(clock.today())
    if search:
        statement = statement.where(Event.title.icontains(search, autoescape=True))
    found = session.scalars(statement.limit(MOST_CHOICES))
    return [(each.slug, f"{each.title}, {day_of(each.held_on)}") for each in found]


def path_of(event_id: uuid.UUID) -> str | None:
    """Where an opaque link to it leads."""
    found = session.get(Event, event_id)
    return f"/events/{found.slug}" if found is not None and found.is_public else None


BLOCK = MailBlock(N_("An event"), N_("See it and sign up"), find_card, choose_card, path_of)


def register() -> None:
    """Fill the registry."""
    mail_blocks.register("event", BLOCK)
