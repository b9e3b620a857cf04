"""A file that is kept in pieces, read as if it lay on a disk, which it never does."""

import io
from collections.abc import Callable
from typing import BinaryIO, cast

PIECE = 1 << 20
"""Bytes of each piece but the last."""
Opens = Callable[[], BinaryIO]


def opener(piece: Callable[[int], bytes]) -> Opens:
    """What opens a file anew from its beginning; one piece of it is in memory at a time.

    `piece` gives the one with a number, from 0 on, and nothing after the last.
    """
    return lambda: cast("BinaryIO", io.BufferedReader(_Pieces(piece), PIECE))


class _Pieces(io.RawIOBase):
    """The pieces one after another."""

    def __init__(self, piece: Callable[[int], bytes]) -> None:
        super().__init__()
        self._piece, self._number, self._rest = piece, 0, memoryview(b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as the piece at hand goes."""
        if not self._rest:
            self._rest = memoryview(self._piece(self._number))
            self._number += 1
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
