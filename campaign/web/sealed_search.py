"""What staff search for, so that a name or an address never stands in an address of ours (ADR 0014).

The text travels in the URL sealed, under a key that is made for one sign-in and lies in its cookie alone: what a log or
a browser's history holds cannot be opened by us, nor by anybody else once that sign-in has ended.
"""

from cryptography.fernet import Fernet, InvalidToken
from flask import session as cookie

from campaign.kernel.crypto.errors import SealBroken
from campaign.kernel.crypto.padding import pad, unpad
from campaign.web.session_cookie import SEARCH_KEY

LIVES = 12 * 3600
"""Seconds after which a search must be typed again."""
LONGEST = 2_000


def seal_search(text: str) -> str:
    """What stands in the address for `text`; the sign-in gets its key with the first search."""
    if SEARCH_KEY not in cookie:
        cookie[SEARCH_KEY] = Fernet.generate_key().decode()
    return seal_with(cookie[SEARCH_KEY], text)


def seal_with(key: str, text: str) -> str:
    """The same under a key at hand."""
    return Fernet(key).encrypt(pad(text)).decode().rstrip("=")


def open_search(sealed: str) -> str | None:
    """What was searched for; None where it is too old, of another sign-in, or none of ours."""
    if SEARCH_KEY not in cookie or not sealed.isascii() or len(sealed) > LONGEST:
        return None
    try:
        return unpad(Fernet(cookie[SEARCH_KEY]).decrypt(sealed + "=" * (-len(sealed) % 4), ttl=LIVES))
    except (InvalidToken, SealBroken, ValueError):
        return None
