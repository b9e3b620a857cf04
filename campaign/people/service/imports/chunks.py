"""A file in sealed pieces in the database: written as it comes in, read as if it lay on a disk, which it never does."""

import uuid

from sqlalchemy import delete, insert, select

from campaign.kernel import pieces
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.pieces import Opens
from campaign.people.models import CHUNK, SCOPE, PeopleImportChunk


def keep_piece(import_id: uuid.UUID, number: int, content: bytes) -> None:
    """Keep one piece of a file in the open transaction."""
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    sealed = CHUNK.seal_bytes(SCOPE, row, content)
    values = {"id": row, "import_id": import_id, "number": number, "content_sealed": sealed}
    session.execute(insert(PeopleImportChunk), [values])


def forget_pieces(import_id: uuid.UUID) -> None:
    """Erase a file."""
    session.execute(delete(PeopleImportChunk).where(PeopleImportChunk.import_id == import_id))


def opener(import_id: uuid.UUID) -> Opens:
    """What opens a file anew from its beginning; one piece of it is in memory at a time."""
    return pieces.opener(lambda number: _piece(import_id, number))


def _piece(import_id: uuid.UUID, number: int) -> bytes:
    statement = select(PeopleImportChunk.id, PeopleImportChunk.content_sealed).where(
        PeopleImportChunk.import_id == import_id, PeopleImportChunk.number == number
    )
    found = session.execute(statement).first()
    return CHUNK.unseal_bytes(SCOPE, found.id, found.content_sealed) if found is not None else b""
