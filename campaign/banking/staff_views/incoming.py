"""A file on its way through a request into sealed pieces: nothing of it is gathered in memory or on a disk."""

import io
import uuid
from typing import IO, Any, cast

from campaign.banking.models import BankStatement
from campaign.banking.service import chunks, statements
from campaign.banking.service.reading.parts import NO_STATEMENT, BadStatement
from campaign.kernel.db import transaction

LARGEST_BODY = 600 * 1024**2
"""So much is read of a body, and beyond a file's limit thrown away, so that the answer can say that it is too large."""


class Incoming:
    """What becomes of the file in one request."""

    def __init__(self, *, actor: uuid.UUID) -> None:
        self._actor = actor
        self._receiving: statements.Receiving | None = None
        self._waiting = bytearray()
        self._is_too_large = False

    @property
    def statement_id(self) -> uuid.UUID | None:
        """The statement that was begun for it."""
        return self._receiving.statement_id if self._receiving is not None else None

    def stream(self) -> IO[bytes]:
        """What the parser of forms writes a file to; of a second file nothing is kept."""
        if self._receiving is not None:
            return cast("IO[bytes]", _Nowhere())
        with transaction():
            self._receiving = statements.begin_receiving(actor=self._actor)
        return cast("IO[bytes]", _Sink(self))

    def write(self, piece: bytes) -> None:
        """Seal what has come, a piece at a time and each in a transaction of its own, since the sender may be slow."""
        if self._is_too_large:
            return
        self._waiting += piece
        while len(self._waiting) >= chunks.PIECE:
            self._keep(bytes(self._waiting[: chunks.PIECE]))
            del self._waiting[: chunks.PIECE]

    def take(self, name: str, account_id: int) -> BankStatement:
        """The statement, once the file is complete. Raises BadStatement, HereAlready, NotFound."""
        if self._waiting:
            self._keep(bytes(self._waiting))
        if self._is_too_large:
            raise BadStatement(statements.TOO_LARGE, most=statements.LARGEST_FILE // 1024**2)
        if self._receiving is None:
            raise BadStatement(NO_STATEMENT)
        with transaction():
            return statements.take_file(self._receiving, name, account_id, actor=self._actor)

    def give_up(self) -> None:
        """Erase what has come."""
        if self._receiving is not None:
            with transaction():
                statements.give_up_receiving(self._receiving.statement_id)

    def _keep(self, piece: bytes) -> None:
        if self._receiving is None or self._is_too_large:
            return
        try:
            with transaction():
                self._receiving.keep(piece)
        except BadStatement:
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
