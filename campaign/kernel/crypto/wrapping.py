"""Wrapping of data keys by the master key, and deriving a subkey for each purpose."""

import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from campaign.kernel.crypto.errors import SealBroken, WrongMasterKey

KEY_BYTES = 32
VERSION = 1
_NONCE = 12
WRAPPED_BYTES = _NONCE + KEY_BYTES + 16


@dataclass(frozen=True, slots=True, repr=False)
class Master:
    """A master key of 32 bytes. It never shows itself in a traceback or a log; its fingerprint may be shown."""

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise WrongMasterKey("The master key must be 32 random bytes. Check the configured key or its file.")

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that name this key without giving it away."""
        return hmac.digest(self.key, b"unforgotten keyring fingerprint", "sha256")[:8].hex()

    def wrap(self, data_key: bytes, scope: str, key_id: int) -> bytes:
        """Encrypt a data key, bound to its scope and number so that rows cannot be swapped."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, data_key, _binding(scope, key_id, VERSION))

    def unwrap(self, wrapped: bytes, scope: str, key_id: int, version: int) -> bytes:
        """Decrypt what `wrap` made. Raises SealBroken if the row was changed or swapped with another."""
        try:
            return AESGCM(self.key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _binding(scope, key_id, version))
        except (InvalidTag, ValueError):
            raise SealBroken("A key in the keyring is damaged. Restore the keyring from its backup.") from None


def derive_subkey(data_key: bytes, scope: str, purpose: str) -> bytes:
    """Return the 32 byte key for one purpose (HKDF-SHA-256, RFC 5869).

    One purpose, one key: an index or a token that leaks tells nothing about the fields.
    """
    info = b"\x1f".join((b"unforgotten subkey 1", scope.encode(), purpose.encode()))
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(data_key)


def _binding(scope: str, key_id: int, version: int) -> bytes:
    return f"{scope}|{key_id}|{version}".encode()
