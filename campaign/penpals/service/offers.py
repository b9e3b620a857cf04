"""Signed offers: what the page showed is what the button reserves, and nothing else can be asked for.

An offer names a person and the seed of the draw, and stands in the form. It says nothing about the visitor, is stored
nowhere and may be used again within its two hours; whether its person may still be reserved is asked of the field.
"""

import base64
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

VALID_MINUTES = 120
_MAC = 16
# 45 bytes are exactly 60 characters: every offer has one spelling only.
_SHAPE = re.compile(r"[A-Za-z0-9_-]{60}")
_KINDS = ("drawn", "named")


class OfferKind(StrEnum):
    """How somebody came to be offered."""

    DRAWN = "drawn"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Offer:
    """A person who was shown, and the seed by which they were drawn."""

    kind: OfferKind
    prisoner_id: uuid.UUID
    seed: int
    """64 bits."""


def new_seed() -> int:
    """A seed for a draw."""
    return secrets.randbits(64)


def sign_offer(offer: Offer, now: datetime, secret: str) -> str:
    """The offer for a form: 60 URL-safe characters.

    Bytes: kind (1) | person (16) | seed (8) | minutes since 1970 (4) | HMAC-SHA-256 cut to 16.
    """
    kind, minutes = _KINDS.index(offer.kind).to_bytes(1, "big"), int(now.timestamp()) // 60
    body = kind + offer.prisoner_id.bytes + offer.seed.to_bytes(8, "big") + minutes.to_bytes(4, "big")
    return base64.urlsafe_b64encode(body + _mac(body, secret)).decode()


def read_offer(text: str, now: datetime, secret: str) -> Offer | None:
    """The offer behind what a form sent; None for one that is not ours, or older than two hours."""
    if not _SHAPE.fullmatch(text):
        return None
    raw = base64.urlsafe_b64decode(text)
    body, mac = raw[:-_MAC], raw[-_MAC:]
    if not hmac.compare_digest(mac, _mac(body, secret)):
        return None
    age = int(now.timestamp()) // 60 - int.from_bytes(body[25:29], "big")
    if not -1 <= age <= VALID_MINUTES:
        return None
    return Offer(OfferKind(_KINDS[body[0]]), uuid.UUID(bytes=body[1:17]), int.from_bytes(body[17:25], "big"))


def _mac(body: bytes, secret: str) -> bytes:
    key = hmac.digest(secret.encode(), b"offer of one letter", "sha256")
    return hmac.digest(key, body, "sha256")[:_MAC]
