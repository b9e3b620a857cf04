"""What a bank or a service calls a gift: sealed, known again by a blind index, erased before long.

Such a number may hold a name or an address, and a service that is asked for it tells whose it is.
"""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select, update

from campaign.gifts.models import KEPT_DAYS, NUMBER, SCOPE, Gift
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session


def index_of(number: str) -> bytes:
    """What stands for a number; the same at every place of ours. Raises KeyDestroyed."""
    keyring.ensure(SCOPE)
    return blind_index(SCOPE, f"gift-number:{number}")


def find_index(number: str) -> bytes | None:
    """The same for a search, which writes nothing: None while there are no keys, and so no gifts with a number."""
    try:
        return blind_index(SCOPE, f"gift-number:{number}")
    except CryptoError:
        return None


def find_gift(account: str, number: str) -> uuid.UUID | None:
    """The gift that has this number at that place of ours; None for an empty one."""
    if not number:
        return None
    return session.scalar(select(Gift.id).where(Gift.account == account, Gift.external_index == index_of(number)))


def sealed_in(gift_id: uuid.UUID, number: str) -> Mapping[str, bytes]:
    """What a new gift keeps of its number; nothing of an empty one."""
    if not number:
        return {}
    return {"external_index": index_of(number), "external_sealed": NUMBER.seal(SCOPE, gift_id, number)}


def number_of(found: Gift) -> str:
    """The number in clear; only for whoever has looked on record. Empty where there is none any more."""
    if found.external_sealed is None:
        return ""
    try:
        return NUMBER.unseal(SCOPE, found.id, found.external_sealed)
    except CryptoError:
        return ""


def forget(which: ColumnElement[bool]) -> int:
    """Erase the numbers of these gifts; their indexes stay. Gives how many."""
    due = update(Gift).where(which, Gift.external_sealed.is_not(None)).values(external_sealed=None)
    gone = session.execute(due.returning(Gift.id).execution_options(synchronize_session=False))
    return len(gone.all())


def forget_due(today: date) -> int:
    """Erase those of gifts that came, or were to come, half a year ago; gives how many."""
    return forget(func.coalesce(Gift.settled_on, Gift.expected_on) < today - timedelta(days=KEPT_DAYS))
