"""A file on its way through a request into sealed pieces: nothing of it is gathered in memory or on a disk."""

import io
from collections.abc import Callable
from typing import IO, Any, Generic, Protocol, TypeVar, cast

from flask import request

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.pieces import PIECE
from campaign.web.uploads import InMemoryRequest


class Receiving(Protocol):
    """A file as a feature receives it."""

    def keep(self, piece: bytes) -> None:
        """Keep the next piece in the open transaction. Raises a DomainError where the file grows beyond its limit."""


R = TypeVar("R", bound=Receiving)


class Incoming(Generic[R]):
    """What becomes of the file in one request."""

    def __init__(self, begin: Callable[[], R], give_up: Callable[[R], None]) -> None:
        """`begin` makes room for a file, `give_up` erases what has come of it."""
        self._begin, self._erase = begin, give_up
        self._receiving: R | None = None
        self._waiting = bytearray()
        self._refusal: DomainError | None = None

    def expect(self, largest_body: int) -> None:
        """Let the form of this request, which is not read yet, bring its file here.

        So much is read of a body, and beyond the file's limit thrown away, so that the answer can say that it is too
        large.
        """
        current = cast("InMemoryRequest", request)
        current.max_content_length, current.file_stream = largest_body, self.stream

    def stream(self) -> IO[bytes]:
        """What the parser of forms writes a file to; of a second file nothing is kept."""
        if self._receiving is not None:
            return cast("IO[bytes]", _Nowhere())
        with transaction():
            self._receiving = self._begin()
        return cast("IO[bytes]", _Sink(self.write))

    def write(self, piece: bytes) -> None:
        """Seal what has come, a piece at a time and each in a transaction of its own, since the sender may be slow."""
        if self._refusal is not None:
            return
        self._waiting += piece
        while len(self._waiting) >= PIECE:
            self._keep(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]

    def complete(self) -> R | None:
        """The file with its last piece kept; None where none came. Raises what keeping it raised."""
        if self._waiting:
            self._keep(bytes(self._waiting))
            self._waiting.clear()
        if self._refusal is not None:
            raise self._refusal
        return self._receiving

    def give_up(self) -> None:
        """Erase what has come."""
        if self._receiving is not None:
            with transaction():
                self._erase(self._receiving)

    def _keep(self, piece: bytes) -> None:
        if self._receiving is None or self._refusal is not None:
            return
        try:
            with transaction():
                self._receiving.keep(piece)
        except DomainError as refusal:
            self._refusal = refusal
            self._waiting.clear()
            self.give_up()


class _Sink(io.RawIOBase):
    """The file as the parser of forms sees it."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        super().__init__()
        self._take = take

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, piece: Any) -> int:
        """Pass a piece on."""
        self._take(bytes(piece))
        return len(piece)

    def seek(self, _place: int, _whence: int = 0) -> int:
        """Nothing is read back from here."""
        return 0


class _Nowhere(_Sink):
    """For files that nobody asked for."""

    def __init__(self) -> None:
        super().__init__(lambda _piece: None)
