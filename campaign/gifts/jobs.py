"""Background work on gifts and pledges."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MoveRail:
    """Tell the next donors of a rail that was closed of the new way, and ask for those after them.

    Idempotent by the mark of the closing on each pledge, set under its lock: nobody is told twice.
    """

    kind: ClassVar[str] = "gifts.move-rail"
    closing: str


@dataclass(frozen=True, slots=True)
class ImportGifts:
    """Take the next rows of a file of gifts, and ask for those after them.

    Idempotent by the row reached, kept under the lock of the import, and by the number of each gift within its place.
    """

    kind: ClassVar[str] = "gifts.import"
    import_id: str
