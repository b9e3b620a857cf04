"""A file in sealed pieces in the database: written as it comes in, read as if it lay on a disk, which it never does."""

import io
import uuid
from collections.abc import Callable
from typing import BinaryIO, cast

from sqlalchemy import delete, insert, select

from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.people.models import CHUNK, SCOPE, PeopleImportChunk

PIECE = 1 << 20


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


def opener(import_id: uuid.UUID) -> Callable[[], BinaryIO]:
    """What opens a file anew from its beginning; one piece of it is in memory at a time."""
    return lambda: cast("BinaryIO", io.BufferedReader(_Pieces(import_id), PIECE))


class _Pieces(io.RawIOBase):
    """The pieces one after another."""

    def __init__(self, import_id: uuid.UUID) -> None:
        super().__init__()
        self._import, self._number, self._rest = import_id, 0, memoryview(b"")

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
        found = session.execute(
            select(PeopleImportChunk.id, PeopleImportChunk.content_sealed).where(
                PeopleImportChunk.import_id == self._import, PeopleImportChunk.number == self._number
            )
        ).first()
        self._number += 1
        return CHUNK.unseal_bytes(SCOPE, found.id, found.content_sealed) if found is not None else b""
