"""Background work of letters."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class RenderBatch:
    """Make the documents of one part of a batch and ask for the next part.

    Idempotent by the documents' unique key under the batch's lock: a part that is there is not made again, and a
    batch that was printed anew meanwhile (`documents_version`), or is over, is left alone.
    """

    kind: ClassVar[str] = "letters.render-batch"
    batch: str
    documents_version: int
    part: int
    language: str
    """Of the posting list: that of whoever asked."""


@dataclass(frozen=True, slots=True)
class DrawScans:
    """Draw the pages of the file of an answer that has waited longest, and ask for the next.

    Idempotent by the file's row, which goes under the answer's lock in the transaction that stores its pages: who
    comes second finds it gone and stores nothing.
    """

    kind: ClassVar[str] = "letters.draw-scans"
    reply: str
