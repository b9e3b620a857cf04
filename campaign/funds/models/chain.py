"""What the hash of an entry is made of: all that it says, in one way of writing, and the hash before it."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An entry without its lines, as the chain sees it."""

    number: int
    happened_on: date
    posted_at: datetime
    memo: str
    reference: str
    source_kind: str | None
    source_id: uuid.UUID | None
    reverses: int | None
    posted_by: uuid.UUID | None
    previous: bytes


WrittenLine = tuple[int, str, str, str, int]
"""Line, code of the account, id of the fund, currency, amount."""


def digest_of(link: Link, lines: Iterable[WrittenLine]) -> bytes:
    """SHA-256 over the canonical JSON of an entry and its lines in their order."""
    content = [
        link.number,
        link.happened_on.isoformat(),
        link.posted_at.astimezone(UTC).isoformat(timespec="microseconds"),
        link.memo,
        link.reference,
        link.source_kind or "",
        str(link.source_id or ""),
        link.reverses or 0,
        str(link.posted_by or ""),
        *lines,
        link.previous.hex(),
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()).digest()
