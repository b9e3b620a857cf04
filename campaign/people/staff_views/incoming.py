"""A file on its way through a request into sealed pieces: nothing of it is gathered in memory or on a disk."""

import io
import uuid
from typing import IO, Any, cast

from campaign.kernel.db import transaction
from campaign.kernel.errors import N_
from campaign.kernel.tables import BadTable
from campaign.people.models import PeopleImport
from campaign.people.service.imports import chunks, upload

LARGEST_BODY = 400 * 1024**2
"""So much is read of a body, and beyond a file's limit thrown away, so that the answer can say that it is too large."""


class Incoming:
    """What becomes of the file in one request."""

    def __init__(self, *, actor: uuid.UUID) -> None:
        self._actor = actor
        self._receiving: upload.Receiving | None = None
        self._waiting = bytearray()
        self._is_too_large = False

    @property
    def import_id(self) -> uuid.UUID | None:
        """The import that was begun for it."""
        return self._receiving.import_id if self._receiving is not None else None

    def stream(self) -> IO[bytes]:
        """What the parser of forms writes a file to; of a second file nothing is kept."""
        if self._receiving is not None:
            return cast("IO[bytes]", _Nowhere())
        with transaction():
            self._receiving = upload.begin_receiving(actor=self._actor)
        return cast("IO[bytes]", _Sink(self))

    def write(self, piece: bytes) -> None:
        """Seal what has come, a piece at a time and each in a transaction of its own, since the sender may be slow."""
        if self._is_too_large:
            return
        self._waiting += piece
        while len(self._waiting) >= chunks.PIECE:
            self._keep(bytes(self._waiting[: chunks.PIECE]))
            del self._waiting[: chunks.PIECE]

    def take(self, name: str) -> PeopleImport:
        """The import, once the file is complete. Raises BadTable."""
        if self._waiting:
            self._keep(bytes(self._waiting))
        if self._is_too_large:
            raise BadTable(N_("This file is larger than %(most)s MB. Split it."), most=upload.LARGEST_FILE // 1024**2)
        if self._receiving is None:
            raise BadTable(N_("This file is empty."))
        with transaction():
            return upload.take_file(self._receiving, name, actor=self._actor)[0]

    def give_up(self) -> None:
        """Erase what has come."""
        if self._receiving is not None:
            with transaction():
                upload.give_up_receiving(self._receiving.import_id)

    def _keep(self, piece: bytes) -> None:
        if self._receiving is None or self._is_too_large:
            return
        try:
            with transaction():
                self._receiving.keep(piece)
        except BadTable:
            self._is_too_large = True
            self._waiting.clear()
            self.give_up()


class _Sink(io.RawIOBase):
    """The file as the parser of forms sees it."""

    def __init__(self, incoming: Incoming) -> None:
        super().__init__()
        self._incoming = incoming

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, piece: Any) -> int:
        """Pass a piece on."""
        self._incoming.write(bytes(piece))
        return len(piece)

    def seek(self, _place: int, _whence: int = 0) -> int:
        """Nothing is read back from here."""
        return 0


class _Nowhere(_Sink):
    """For files that nobody asked for."""

    def __init__(self) -> None:
        io.RawIOBase.__init__(self)

    def write(self, piece: Any) -> int:
        """Throw a piece away."""
        return len(piece)
