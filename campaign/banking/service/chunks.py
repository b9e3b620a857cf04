"""A file in sealed pieces in the database: written as it comes in, read as if it lay on a disk, which it never does."""

import io
import uuid
from typing import BinaryIO, cast

from sqlalchemy import delete, insert, select

from campaign.banking.models import CHUNK, SCOPE, BankStatementChunk
from campaign.banking.service.reading import Opens
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session

PIECE = 1 << 20


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
    return lambda: cast("BinaryIO", io.BufferedReader(_Pieces(statement_id), PIECE))


class _Pieces(io.RawIOBase):
    """The pieces one after another."""

    def __init__(self, statement_id: uuid.UUID) -> None:
        super().__init__()
        self._statement, self._number, self._rest = statement_id, 0, memoryview(b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as the piece at hand goes."""
        if not self._rest:
            self._rest = memoryview(self._piece())
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _piece(self) -> bytes:
        statement = select(BankStatementChunk.id, BankStatementChunk.content_sealed).where(
            BankStatementChunk.statement_id == self._statement, BankStatementChunk.number == self._number
        )
        found = session.execute(statement).first()
        self._number += 1
        return CHUNK.unseal_bytes(SCOPE, found.id, found.content_sealed) if found is not None else b""
