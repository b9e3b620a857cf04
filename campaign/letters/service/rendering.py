"""Making the documents of a batch in parts: what a part prints, and where it is kept until the post is checked off."""

import uuid
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sqlalchemy import select

from campaign.kernel import audit, clock, jobs
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.letters.jobs import RenderBatch
from campaign.letters.models import (
    IN_BATCH,
    SCOPE,
    BatchDocument,
    BatchState,
    DocumentKind,
    Letter,
    LetterBatch,
    LetterPicture,
    Relay,
)
from campaign.letters.models.batches import DOCUMENT
from campaign.letters.models.outgoing import PICTURE
from campaign.letters.service.batches import locked_batch, step
from campaign.letters.service.bodies import read_body
from campaign.prisoners.models import Facility

A_PART = 50
"""Letters a part: what is in memory at a time, and what a killed worker has to make again."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as it is printed."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One letter as it is printed."""

    position: int
    code: str
    address: Mapping[str, Any]
    text: str
    pictures: Sequence[Picture]
    has_reply_page: bool


@dataclass(frozen=True, slots=True)
class Part:
    """All that one part of a batch prints."""

    batch: LetterBatch
    facility: str
    sender: str
    sender_lines: Sequence[str]
    sender_country: str
    sheets: Sequence[Sheet]


def open_part(job: RenderBatch) -> Part | None:
    """What the job is to print, under the batch's lock; None when it is made already or nobody wants it any more."""
    batch = _wanted(job)
    if batch is None:
        return None
    is_made = select(BatchDocument.id).where(
        BatchDocument.batch_id == batch.id, BatchDocument.documents_version == batch.documents_version,
        BatchDocument.part == job.part,
    )  # fmt: skip
    if session.scalar(is_made.limit(1)) is not None:
        return None
    mine = Letter.position.between((job.part - 1) * A_PART + 1, job.part * A_PART)
    letters = session.scalars(_lying_in(batch).where(mine)).all()
    relay = session.get_one(Relay, batch.relay_id)
    pictures = _pictures([each.id for each in letters])
    return Part(
        batch, session.get_one(Facility, batch.facility_id).name_ru, relay.name, relay.lines, relay.country,
        [_sheet(each, pictures.get(each.id, [])) for each in letters],
    )  # fmt: skip


def store_part(part: Part, number: int, made: Mapping[DocumentKind, bytes]) -> None:
    """Keep what was made of a part, sealed."""
    keyring.ensure(SCOPE)
    batch = part.batch
    for kind, content in made.items():
        row = uuid.uuid4()
        session.add(
            BatchDocument(
                id=row, batch_id=batch.id, documents_version=batch.documents_version, kind=kind, part=number,
                letters=len(part.sheets),
                content_sealed=DOCUMENT.seal(SCOPE, row, b64encode(content).decode()), made_on=clock.today(),
            )
        )  # fmt: skip
    batch.rendered += len(part.sheets)
    session.flush()


def go_on(job: RenderBatch) -> None:
    """Ask for the part after this one, or say that all of them are made."""
    batch = _wanted(job)
    if batch is None:
        return
    if job.part < ceil(batch.letters / A_PART):
        jobs.enqueue(RenderBatch(job.batch, job.documents_version, job.part + 1, job.language))
    else:
        step(batch, BatchState.RENDERED, None)


def read_document(batch_id: uuid.UUID, document_id: uuid.UUID, *, actor: uuid.UUID) -> tuple[BatchDocument, bytes]:
    """Open one part for a coordinator, which is written down. Raises NotFound."""
    row = session.get(BatchDocument, document_id)
    if row is None or row.batch_id != batch_id:
        raise NotFound
    audit.record(
        "letter_batch.download", actor=actor, about=f"letter_batch:{batch_id}", amount=row.letters, reason=row.kind
    )
    return row, b64decode(DOCUMENT.unseal(SCOPE, row.id, row.content_sealed))


def _wanted(job: RenderBatch) -> LetterBatch | None:
    try:
        batch = locked_batch(uuid.UUID(job.batch))
    except NotFound:
        return None
    is_wanted = batch.state == BatchState.LOCKED and batch.documents_version == job.documents_version
    return batch if is_wanted else None


def _lying_in(batch: LetterBatch) -> Any:
    mine = select(Letter).where(Letter.batch_id == batch.id, Letter.state.in_(IN_BATCH))
    return mine.order_by(Letter.position).execution_options(populate_existing=True)


def _sheet(letter: Letter, pictures: Sequence[Picture]) -> Sheet:
    return Sheet(
        letter.position or 0, letter.code, letter.address or {}, read_body(letter).text, pictures,
        letter.wants_reply_form,
    )  # fmt: skip


def _pictures(letter_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Picture]]:
    statement = select(LetterPicture).where(LetterPicture.letter_id.in_(letter_ids))
    found: dict[uuid.UUID, list[Picture]] = {}
    for row in session.scalars(statement.order_by(LetterPicture.letter_id, LetterPicture.position)):
        content = b64decode(PICTURE.unseal(SCOPE, row.id, row.content_sealed))
        found.setdefault(row.letter_id, []).append(Picture(content, row.width, row.height))
    return found
