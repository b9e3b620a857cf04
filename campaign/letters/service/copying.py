"""One letter as it is typed into an e-letter service: in the service's own order of fields."""

import uuid
from base64 import b64decode
from dataclasses import dataclass
from math import ceil

from sqlalchemy import select

from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.letters.models import IN_BATCH, SCOPE, Letter, LetterBatch, LetterEvent, LetterPicture, LetterState
from campaign.letters.models.outgoing import PICTURE
from campaign.letters.queries.batches import SERVICES, get_batch
from campaign.letters.service.bodies import read_body
from campaign.prisoners.models import Facility, FacilityAddress, FacilityChannel, Prisoner
from campaign.prisoners.regions import region_name

CHARACTERS_A_PAGE = 2500
"""Where nobody has noted it otherwise (DOMAIN.md 1.6)."""


@dataclass(frozen=True, slots=True)
class CopySheet:
    """All that a service asks for."""

    letter: Letter
    person: Prisoner
    facility: Facility
    region: str
    text: str
    pages: int
    picture_ids: tuple[uuid.UUID, ...]
    needs_identity: bool
    """The service asks who sends it: never the writer."""
    receipt: str


def look(batch_id: uuid.UUID, letter_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody opens the sheet of a letter in a batch to a service. Raises NotFound."""
    batch = get_batch(batch_id)
    _in_batch(batch, letter_id)
    audit.record("letter_batch.sheet", actor=actor, about=f"letter_batch:{batch.id}")


def read_sheet(batch_id: uuid.UUID, letter_id: uuid.UUID) -> CopySheet:
    """The sheet, for whoever has it open. Raises NotFound."""
    batch = get_batch(batch_id)
    letter = _in_batch(batch, letter_id)
    person = session.get_one(Prisoner, letter.prisoner_id)
    way = session.scalar(
        select(FacilityChannel).where(
            FacilityChannel.facility_id == batch.facility_id, FacilityChannel.channel == batch.channel
        )
    )
    a_page = (way.characters_a_page if way is not None else None) or CHARACTERS_A_PAGE
    text, place = read_body(letter).text, session.get_one(Facility, batch.facility_id)
    pictures = select(LetterPicture.id).where(LetterPicture.letter_id == letter.id).order_by(LetterPicture.position)
    return CopySheet(
        letter, person, place, _region(letter) or region_name(place.region, "ru"), text,
        ceil(len(text) / a_page), tuple(session.scalars(pictures)),
        bool(way is not None and way.needs_sender_identity), _receipt(letter),
    )  # fmt: skip


def open_picture(batch_id: uuid.UUID, letter_id: uuid.UUID, picture_id: uuid.UUID) -> bytes:
    """One picture of such a letter. Raises NotFound."""
    letter = _in_batch(get_batch(batch_id), letter_id)
    row = session.get(LetterPicture, picture_id)
    if row is None or row.letter_id != letter.id:
        raise NotFound
    return b64decode(PICTURE.unseal(SCOPE, row.id, row.content_sealed))


def next_to_copy(batch_id: uuid.UUID, after: int) -> Letter | None:
    """The next letter of a batch that has not been handed over, from the top again after the last one."""
    mine = select(Letter).where(Letter.batch_id == batch_id, Letter.state == LetterState.BATCHED)
    return session.scalar(mine.order_by(Letter.position <= after, Letter.position).limit(1))


def _in_batch(batch: LetterBatch, letter_id: uuid.UUID) -> Letter:
    letter = session.get(Letter, letter_id, populate_existing=True)
    is_there = letter is not None and letter.batch_id == batch.id and letter.state in IN_BATCH
    if letter is None or not is_there or batch.channel not in SERVICES:
        raise NotFound
    return letter


def _region(letter: Letter) -> str:
    address = letter.address or {}
    try:
        row = session.get(FacilityAddress, uuid.UUID(str(address.get("address_id"))))
    except ValueError:
        return ""
    return row.region_line if row is not None else ""


def _receipt(letter: Letter) -> str:
    handed = select(LetterEvent.reason).where(
        LetterEvent.letter_id == letter.id, LetterEvent.now == LetterState.HANDED_TO_SERVICE
    )
    return session.scalar(handed.order_by(LetterEvent.id.desc()).limit(1)) or ""
