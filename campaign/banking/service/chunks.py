"""A file in sealed pieces in the database: written as it comes in, read as if it lay on a disk, which it never does."""

import uuid

from sqlalchemy import delete, insert, select

from campaign.banking.models import CHUNK, SCOPE, BankStatementChunk
from campaign.kernel import pieces
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.pieces import Opens


def keep_piece(statement_id: uuid.UUID, number: int, content: bytes) -> None:
    """Keep one piece of a file in the open transaction."""
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    values = {"id": row, "statement_id": statement_id, "number": number,
              "content_sealed": CHUNK.seal_bytes(SCOPE, row, content)}  # fmt: skip
    session.execute(insert(BankStatementChunk), [values])


def forget_pieces(statement_id: uuid.UUID) -> None:
    """Erase a file."""
    session.execute(delete(BankStatementChunk).where(BankStatementChunk.statement_id == statement_id))


def opener(statement_id: uuid.UUID) -> Opens:
    """What opens a file anew from its beginning; one piece of it is in memory at a time."""
    return pieces.opener(lambda number: _piece(statement_id, number))


def _piece(statement_id: uuid.UUID, number: int) -> bytes:
    statement = select(BankStatementChunk.id, BankStatementChunk.content_sealed).where(
        BankStatementChunk.statement_id == statement_id, BankStatementChunk.number == number
    )
    found = session.execute(statement).first()
    return CHUNK.unseal_bytes(SCOPE, found.id, found.content_sealed) if found is not None else b""
