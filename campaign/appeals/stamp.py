"""The stamp of the button "I have sent it": from us, for one appeal and official, and good for one count.

A random number and the hour under an HMAC. It stands on an answer that is made for one visitor and kept nowhere, so it
may differ from visitor to visitor; of a used one a digest stays that says nothing, until it could not be used anyway.
"""

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from campaign.appeals.models import SCOPE
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.crypto.keyring import keyring

VALID = timedelta(days=8)
HOUR = 3600


def make_stamp(appeal_id: uuid.UUID, target_id: uuid.UUID, moment: datetime) -> str:
    """A new stamp; empty after an emergency wipe, when there is no key for it."""
    hour, nonce = int(moment.timestamp()) // HOUR, secrets.token_hex(12)
    try:
        keyring.ensure(SCOPE)
        return f"{hour:x}.{nonce}.{_mark(appeal_id, target_id, hour, nonce)}"
    except CryptoError:
        return ""


def digest_of(stamp: str, appeal_id: uuid.UUID, target_id: uuid.UUID, moment: datetime) -> bytes | None:
    """What a stamp of ours is remembered by; None for one that is not, or is older than VALID."""
    hour_text, _, rest = stamp.partition(".")
    nonce, _, mark = rest.partition(".")
    if not (stamp.isascii() and 0 < len(hour_text) <= 8 and len(nonce) == 24 and len(mark) == 32):
        return None
    try:
        hour = int(hour_text, 16)
        expected = _mark(appeal_id, target_id, hour, nonce)
    except (ValueError, CryptoError):
        return None
    now_hour = int(moment.timestamp()) // HOUR
    in_time = now_hour - VALID // timedelta(hours=1) <= hour <= now_hour + 1
    return hashlib.sha256(stamp.encode()).digest()[:16] if hmac.compare_digest(mark, expected) and in_time else None


def _mark(appeal_id: uuid.UUID, target_id: uuid.UUID, hour: int, nonce: str) -> str:
    message = appeal_id.bytes + target_id.bytes + hour.to_bytes(8, "big", signed=True) + nonce.encode()
    return keyring.digest(SCOPE, "stamp", message).hex()[:32]
