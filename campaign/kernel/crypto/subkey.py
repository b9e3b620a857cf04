"""A subkey with what is made of it once, since making it anew costs more than using it."""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True, slots=True, repr=False)
class Subkey:
    """32 bytes for one purpose, ready as a cipher and as a keyed hash; safe to share between threads."""

    key_id: int
    key: bytes
    cipher: AESGCM
    keyed: hmac.HMAC

    def digest(self, message: bytes) -> bytes:
        """HMAC-SHA-256 of `message`, as `hmac.digest` gives it.

        On a copy of the keyed hash: the one-shot function sets the key up anew, and lets go of the interpreter for a
        microsecond's work, whereupon every thread that waits for it takes its turn first.
        """
        hashed = self.keyed.copy()
        hashed.update(message)
        return hashed.digest()


def make_subkey(key_id: int, key: bytes) -> Subkey:
    """The subkey of 32 derived bytes; `key_id` is the number of the data key they come from."""
    return Subkey(key_id, key, AESGCM(key), hmac.new(key, digestmod="sha256"))
