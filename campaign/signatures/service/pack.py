"""Delivery packs: what is handed to an addressee. Counts, countries and the names of those who chose to be named.

Never an address, and never a canary row: an official must not receive one made-up name (SAFETY.md 14).
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.jobs import enqueue
from campaign.petitions.models import Petition, PetitionState
from campaign.petitions.queries import days_of_change, get_petition
from campaign.petitions.service import NotPossible
from campaign.signatures.jobs import MakePack
from campaign.signatures.models import DeliveryPack, PackState
from campaign.signatures.queries import (
    CountryCount,
    count_by_country,
    count_by_day,
    count_shown_names,
    list_all_shown_names,
)
from campaign.signatures.service.count import count_confirmed, roll_up

KEPT_DAYS = 7
# Measured: 10,000 names make a PDF in under a second, 100,000 in three to five; more than this waits for a worker.
MOST_NAMES_AT_ONCE = 10_000
ENDED = frozenset({PetitionState.CLOSED, PetitionState.DELIVERED})


@dataclass(frozen=True, slots=True)
class PackContent:
    """All that a pack says, in no language and no format yet."""

    title: str
    addressee: str
    opened_on: date | None
    closed_on: date | None
    as_of: date
    changed_on: Sequence[date]
    """The days on which the text was changed while people signed it."""
    count: int
    countries: Sequence[CountryCount]
    elsewhere: int
    days: Sequence[tuple[date, int]]
    names: Sequence[str]


RenderPack = Callable[[PackContent, str, str], bytes]
"""Content, language and format to a file."""


def ask_for_pack(
    petition: Petition, *, language: str, file_format: str, actor: uuid.UUID | None, render: RenderPack
) -> DeliveryPack:
    """Make a pack, at once when its names are few, else by a worker. Raises NotPossible unless the petition ended."""
    if petition.state not in ENDED:
        raise NotPossible(N_("Close the petition first: what is handed in must be final."))
    pack = DeliveryPack(
        id=uuid.uuid4(), petition_id=petition.id, language=language, file_format=file_format, state=PackState.ASKED,
        asked_by=actor, asked_at=clock.now(), content=None, size=0,
    )  # fmt: skip
    session.add(pack)
    session.flush()
    audit.record(f"petition.pack_{file_format}", actor=actor, about=f"petition:{petition.id}")
    if count_shown_names(petition.id) <= MOST_NAMES_AT_ONCE:
        _make(pack, render)
    else:
        enqueue(MakePack(str(pack.id)))
    return pack


def make_pack(pack_id: uuid.UUID, render: RenderPack) -> None:
    """Make a pack that was asked for; one that is ready or deleted meanwhile is left alone."""
    statement = select(DeliveryPack).where(DeliveryPack.id == pack_id, DeliveryPack.state == PackState.ASKED)
    pack = session.scalar(statement.with_for_update().options(undefer(DeliveryPack.content)))
    if pack is not None:
        _make(pack, render)


def pack_content(petition: Petition, language: str) -> PackContent:
    """What a pack of this petition says now; the count and the tables agree with each other."""
    roll_up()
    countries, elsewhere = count_by_country(petition.id)
    text = petition.text_in(language)
    return PackContent(
        title=text.title, addressee=text.addressee, opened_on=petition.opened_on, closed_on=petition.closed_on,
        as_of=clock.today(), changed_on=days_of_change(petition.id), count=count_confirmed(petition.id),
        countries=countries, elsewhere=elsewhere,
        days=count_by_day(petition.id), names=list_all_shown_names(petition.id),
    )  # fmt: skip


def delete_old_packs(today: date) -> int:
    """Delete packs after a week, so that a name that was taken back does not stay in a file; gives how many."""
    oldest = datetime.combine(today - timedelta(days=KEPT_DAYS), datetime.min.time(), clock.now().tzinfo)
    statement = delete(DeliveryPack).where(DeliveryPack.asked_at < oldest)
    return len(session.execute(statement.returning(DeliveryPack.id)).all())


def _make(pack: DeliveryPack, render: RenderPack) -> None:
    content = pack_content(get_petition(pack.petition_id), pack.language)
    pack.content = render(content, pack.language, pack.file_format)
    pack.size, pack.state = len(pack.content), PackState.READY
    session.flush()
