"""The vault: what this server may write and not read (SAFETY.md, rule 9).

X25519 sealed boxes (libsodium's crypto_box_seal) to an organisation's public key. Sealed boxes take no associated
data, so the place is sealed in with the text and compared on opening. They do not prove who sealed: whoever holds
the public key and write access to the database can put a text in, none can read or move one.
"""

import hashlib
import hmac
import uuid
from typing import NamedTuple

from nacl.exceptions import CryptoError as BoxError
from nacl.public import PrivateKey, PublicKey, SealedBox

from campaign.kernel.crypto.errors import SealBroken
from campaign.kernel.crypto.padding import pad, unpad
from campaign.kernel.crypto.sealed import place

VERSION = 1
_PLACE = 32  # bytes: SHA-256 of the place, so that its length shows nothing


class VaultPair(NamedTuple):
    """Both halves of a vault key, 32 bytes each. The private half belongs offline."""

    public: bytes
    private: bytes


def new_vault_pair() -> VaultPair:
    """Make a fresh pair."""
    private = PrivateKey.generate()
    return VaultPair(bytes(private.public_key), bytes(private))


def vault_public(private_key: bytes) -> bytes:
    """Return the public half, to check that the key somebody loaded is the one the vault is sealed to."""
    return bytes(_private(private_key).public_key)


def seal_to_vault(public_key: bytes, text: str, *, table: str, column: str, row: uuid.UUID) -> bytes:
    """Seal `text` for one column of one row: version (1 byte) | sealed box; grows in steps of 32 bytes."""
    try:
        box = SealedBox(PublicKey(public_key))
    except (TypeError, ValueError):
        raise SealBroken("The vault's public key is not a key of 32 bytes. Check the configuration.") from None
    return bytes([VERSION]) + box.encrypt(_digest(table, column, row) + pad(text))


def open_from_vault(private_key: bytes, sealed: bytes, *, table: str, column: str, row: uuid.UUID) -> str:
    """Open what `seal_to_vault` sealed for this place. Raises SealBroken for another key, another place or damage."""
    if not sealed or sealed[0] != VERSION:
        raise SealBroken("A vault entry is damaged or of an unknown version.")
    try:
        opened = SealedBox(_private(private_key)).decrypt(sealed[1:])
    except (BoxError, TypeError, ValueError):
        raise SealBroken("A vault entry does not open with this key.") from None
    if not hmac.compare_digest(opened[:_PLACE], _digest(table, column, row)):
        raise SealBroken("A vault entry was moved here from another place.")
    return unpad(opened[_PLACE:])


def _private(private_key: bytes) -> PrivateKey:
    try:
        return PrivateKey(private_key)
    except (TypeError, ValueError):
        raise SealBroken("This is not a vault key: 32 bytes are expected.") from None


def _digest(table: str, column: str, row: uuid.UUID) -> bytes:
    return hashlib.sha256(place(table, column, row)).digest()
