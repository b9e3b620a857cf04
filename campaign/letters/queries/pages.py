"""How long a letter may be and how many pages it makes, by the channel of the place where somebody is."""

import uuid
from math import ceil
from typing import NamedTuple

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.prisoners.models import Channel, Custody, FacilityChannel

PAPER_CHARACTERS, PAPER_PAGES = 2200, 8
"""What a sheet of ours holds on one side, and four sheets, which an ordinary letter weighs no more than."""
FORM_CHARACTERS, FORM_PAGES = 2500, 4
"""Of e-letter services where nobody has noted it otherwise (DOMAIN.md 1.6: widely repeated, unsourced)."""


class Room(NamedTuple):
    """What fits."""

    characters: int
    """A page."""
    most_pages: int
    prints_grey: bool
    has_reply_form: bool

    @property
    def most_characters(self) -> int:
        """On all pages together."""
        return self.characters * self.most_pages

    def pages(self, text: str) -> int:
        """How many pages a text makes; an empty one none."""
        return ceil(len(text) / self.characters)


def room_for(prisoner_id: uuid.UUID, channel: str) -> Room:
    """What fits by `channel` into the place where somebody is now."""
    row = session.scalar(
        select(FacilityChannel)
        .join(Custody, Custody.facility_id == FacilityChannel.facility_id)
        .where(
            Custody.prisoner_id == prisoner_id, Custody.until_on.is_(None), FacilityChannel.channel == channel,
            FacilityChannel.is_active,
        )
    )  # fmt: skip
    is_paper = channel == Channel.POST
    characters = row.characters_a_page if row is not None else None
    most = row.most_pages if row is not None else None
    return Room(
        characters or (PAPER_CHARACTERS if is_paper else FORM_CHARACTERS),
        most or (PAPER_PAGES if is_paper else FORM_PAGES),
        not is_paper,
        bool(row is not None and row.has_reply_form),
    )


def pages_of(prisoner_id: uuid.UUID, channel: str, text: str) -> int:
    """How many pages the text makes by this channel."""
    return room_for(prisoner_id, channel).pages(text)
