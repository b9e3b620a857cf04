"""Cursors: where the next page of a list begins, signed, so that nobody makes up one of their own.

A made-up one would ask for pages that nobody else asks for, each of which is rendered and kept.
"""

import base64
import hmac
import json
from binascii import Error
from typing import Any

from campaign.kernel.errors import N_, DomainError
from campaign.web.settings import settings

_MAC = 12
LONGEST = 300


class BadCursor(DomainError):
    """It is not one of ours, or one of another list."""


def make_cursor(name: str, *position: str | int) -> str:
    """The cursor of one list: the same each time for the same position."""
    body = json.dumps(position, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_mac(name, body) + body).rstrip(b"=").decode()


def read_cursor(name: str, cursor: str) -> list[Any]:
    """The position in it. Raises BadCursor for whatever was not made here for this list."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (Error, ValueError):
        raise _bad() from None
    mac, body = raw[:_MAC], raw[_MAC:]
    # Spare bits at the end would give one position many spellings.
    is_spelled = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == cursor
    if not is_spelled or not hmac.compare_digest(mac, _mac(name, body)):
        raise _bad()
    position: list[Any] = json.loads(body)
    return position


def _bad() -> BadCursor:
    return BadCursor(N_("This cursor is not one of ours. Leave it out to begin again."))


def _mac(name: str, body: bytes) -> bytes:
    return hmac.digest(settings().secret_key.encode(), b"api cursor\x1f" + name.encode() + b"\x1f" + body, "sha256")[
        :_MAC
    ]
