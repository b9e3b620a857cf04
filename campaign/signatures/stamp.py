"""The form stamp: shows that a form was fetched from us not long ago, without telling visitors apart.

HMAC over petition and hour, the same for everybody, so pages stay cacheable. It may be used again; a missing or forged
one changes nothing in the answer and puts the signature into quarantine (ARCHITECTURE.md, "Signing and counting").
"""

import hmac
import uuid
from datetime import datetime, timedelta

from campaign.kernel.crypto.keyring import keyring
from campaign.petitions.models import petition_scope

VALID = timedelta(days=8)
HOUR = 3600


def make_stamp(petition: uuid.UUID, moment: datetime) -> str:
    """The stamp of the hour of `moment`."""
    hour = int(moment.timestamp()) // HOUR
    return f"{hour:x}.{_mark(petition, hour)}"


def stamped_at(stamp: str, petition: uuid.UUID, moment: datetime) -> bool:
    """Whether `stamp` is ours for this petition, not older than VALID and not from the future."""
    hour_text, _, mark = stamp.partition(".")
    if not (0 < len(hour_text) <= 8 and len(mark) == 32 and stamp.isascii()):
        return False
    try:
        hour = int(hour_text, 16)
    except ValueError:
        return False
    now_hour = int(moment.timestamp()) // HOUR
    in_time = now_hour - VALID // timedelta(hours=1) <= hour <= now_hour + 1
    return hmac.compare_digest(mark, _mark(petition, hour)) and in_time


def _mark(petition: uuid.UUID, hour: int) -> str:
    return keyring.digest(petition_scope(petition), "stamp", petition.bytes + hour.to_bytes(8, "big")).hex()[:32]
