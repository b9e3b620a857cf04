"""Hashing and checking passphrases, at the same cost whether or not there is one to check."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from campaign.accounts.policy import LONGEST_PASSPHRASE, normal_passphrase

# The first choice of OWASP's Password Storage Cheat Sheet: 46 MiB, one pass, one lane.
_hasher = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


def hash_passphrase(passphrase: str) -> str:
    """Return the Argon2id hash of a passphrase in normal form."""
    return _hasher.hash(passphrase.encode("utf-8", "surrogatepass"))


def matches(stored: str | None, typed: str) -> bool:
    """Whether `typed` is the passphrase behind `stored`; with None a stand-in is checked, so that both take as long."""
    # A text over the limit cannot be right; it is cut so that nobody buys minutes of normalising with megabytes.
    clean = normal_passphrase(typed[: LONGEST_PASSPHRASE + 1])
    try:
        right = _hasher.verify(stored or _stand_in(), clean.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None and len(typed) <= LONGEST_PASSPHRASE


@cache
def _stand_in() -> str:
    return hash_passphrase("the stand-in for accounts that do not exist")
