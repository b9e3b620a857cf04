"""Sealed fields: short texts encrypted under their scope's key and bound to the place where they are stored.

Envelope (SAFETY.md, rule 6): version (1 byte) | key id (4, big endian) | nonce (12) | ciphertext and tag.
"""

import os
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from campaign.kernel.crypto.errors import SealBroken
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.crypto.padding import STEP, pad, pad_bytes, unpad, unpad_bytes

VERSION = 1
_VERSION = bytes([VERSION])
_NONCE = 12
_HEADER = 1 + 4
_SHORTEST = _HEADER + _NONCE + STEP + 16


def place(table: str, column: str, row: uuid.UUID) -> bytes:
    """Name where a sealed text is stored, as associated data: moved anywhere else, it does not open."""
    return b"\x1f".join((table.encode(), column.encode(), row.bytes))


def seal(text: str, *, scope: str, table: str, column: str, row: uuid.UUID) -> bytes:
    """Encrypt `text` for one column of one row under the scope's current key.

    The result grows in steps of 32 bytes: 65 for up to 28 bytes of UTF-8. Sealing twice gives different bytes.
    Raises KeyMissing or KeyDestroyed; there is no way to get plaintext stored instead.
    """
    return _encrypt(pad(text), scope, place(table, column, row))


def _encrypt(padded: bytes, scope: str, where: bytes) -> bytes:
    subkey, nonce = keyring.subkey(scope, "fields"), os.urandom(_NONCE)
    sealed = subkey.cipher.encrypt(nonce, padded, where)
    return b"".join((_VERSION, subkey.key_id.to_bytes(4, "big"), nonce, sealed))


def unseal(envelope: bytes, *, scope: str, table: str, column: str, row: uuid.UUID) -> str:
    """Decrypt what `seal` wrote for this scope, table, column and row.

    Raises SealBroken if a bit changed or the envelope was written for another place, KeyMissing if this scope has no
    key of that number, KeyDestroyed if it had.
    """
    return unpad(_decrypt(envelope, scope, place(table, column, row)))


def _decrypt(envelope: bytes, scope: str, where: bytes) -> bytes:
    if len(envelope) < _SHORTEST or envelope[0] != VERSION:
        raise SealBroken("A sealed field is damaged or of an unknown version.")
    subkey = keyring.subkey(scope, "fields", int.from_bytes(envelope[1:_HEADER], "big"))
    nonce, sealed = envelope[_HEADER : _HEADER + _NONCE], envelope[_HEADER + _NONCE :]
    try:
        return subkey.cipher.decrypt(nonce, sealed, where)
    except InvalidTag:
        raise SealBroken("A sealed field does not open: it is damaged or belongs to another place.") from None


@dataclass(frozen=True, slots=True)
class Field:
    """A sealed column, named once beside its model: `EMAIL = Field("signature", "email_sealed")`."""

    table: str
    column: str

    def seal(self, scope: str, row: uuid.UUID, text: str) -> bytes:
        """Encrypt `text` for this column of `row`; see `seal`."""
        return seal(text, scope=scope, table=self.table, column=self.column, row=row)

    def unseal(self, scope: str, row: uuid.UUID, envelope: bytes) -> str:
        """Decrypt this column of `row`; see `unseal`."""
        return unseal(envelope, scope=scope, table=self.table, column=self.column, row=row)

    def seal_bytes(self, scope: str, row: uuid.UUID, content: bytes) -> bytes:
        """Encrypt a piece of a file for this column of `row`, as `seal` does a text."""
        return _encrypt(pad_bytes(content), scope, place(self.table, self.column, row))

    def unseal_bytes(self, scope: str, row: uuid.UUID, envelope: bytes) -> bytes:
        """Decrypt what `seal_bytes` wrote here; see `unseal`."""
        return unpad_bytes(_decrypt(envelope, scope, place(self.table, self.column, row)))
