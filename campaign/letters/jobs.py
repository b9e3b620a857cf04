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
