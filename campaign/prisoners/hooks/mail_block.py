"""How a mail shows somebody: by name and one line, as long as their page is public."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_mail import MOST_CHOICES, BlockCard, MailBlock, mail_blocks
from campaign.prisoners.models import Prisoner, PrisonerState
from campaign.prisoners.queries.public_cards import list_cards
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.service.names import fold


def find_card(slug: str, language: str) -> BlockCard | None:
    """Somebody whose page is public now."""
    found = session.scalar(select(Prisoner.id).where(Prisoner.slug == slug, Prisoner.state == PrisonerState.PUBLISHED))
    cards = list_cards([found], language) if found is not None else []
    return BlockCard(cards[0].id, cards[0].name, cards[0].summary or cards[0].occupation) if cards else None


def choose_card(language: str, search: str) -> Sequence[tuple[str, str]]:
    """People whose page is public now, by name; with words those who fit best."""
    statement = select(Prisoner).where(Prisoner.state == PrisonerState.PUBLISHED)
    if fold(search):
        ids = search_people(fold(search), published_only=True, limit=MOST_CHOICES)
        statement = statement.where(Prisoner.id.in_(ids))
    found = session.scalars(statement.order_by(Prisoner.last_latin, Prisoner.id).limit(MOST_CHOICES))
    return [(each.slug, each.name_in(language)) for each in found]


def path_of(prisoner_id: uuid.UUID) -> str | None:
    """Where an opaque link to somebody leads."""
    found = session.get(Prisoner, prisoner_id)
    return f"/prisoners/{found.slug}" if found is not None and found.is_public else None


BLOCK = MailBlock(N_("A prisoner"), N_("Read more, or write a letter"), find_card, choose_card, path_of)


def register() -> None:
    """Fill the registry."""
    mail_blocks.register("prisoner", BLOCK)
