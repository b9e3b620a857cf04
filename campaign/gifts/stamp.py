"""The stamp of the form of a pledge: shows that it was fetched from us not long ago, without telling visitors apart.

HMAC over the fund and the hour, the same for everybody, as that of signing (campaign/signatures/stamp.py).
"""

import hmac
import uuid
from datetime import datetime, timedelta

from campaign.gifts.models import SCOPE
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.crypto.keyring import keyring

VALID = timedelta(days=8)
HOUR = 3600


def make_stamp(fund_id: uuid.UUID, moment: datetime) -> str:
    """The stamp of the hour of `moment`; empty after an emergency wipe, when there is no key for it."""
    hour = int(moment.timestamp()) // HOUR
    try:
        keyring.ensure(SCOPE)
        return f"{hour:x}.{_mark(fund_id, hour)}"
    except CryptoError:
        return ""


def stamped_at(stamp: str, fund_id: uuid.UUID, moment: datetime) -> bool:
    """Whether `stamp` is ours for this fund, not older than VALID and not from the future."""
    hour_text, _, mark = stamp.partition(".")
    if not (0 < len(hour_text) <= 8 and len(mark) == 32 and stamp.isascii()):
        return False
    try:
        hour = int(hour_text, 16)
    except ValueError:
        return False
    now_hour = int(moment.timestamp()) // HOUR
    in_time = now_hour - VALID // timedelta(hours=1) <= hour <= now_hour + 1
    return hmac.compare_digest(mark, _mark(fund_id, hour)) and in_time


def _mark(fund_id: uuid.UUID, hour: int) -> str:
    return keyring.digest(SCOPE, "stamp", fund_id.bytes + hour.to_bytes(8, "big")).hex()[:32]
