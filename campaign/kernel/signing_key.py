"""The key with which this site signs what leaves it as files: mirrors and dumps (Ed25519, RFC 8032).

It is derived from a data key of the keyring, so it is kept, backed up, rotated and destroyed as every other key is. It
is made by the command that needs it first, and never by a request.
"""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.errors import DomainError

SCOPE = "signing"
PURPOSE = "ed25519"


class BadPublicKey(DomainError):
    """What was given is no public key of 32 bytes in Base64."""


def ensure_signing_key() -> None:
    """Make the key if there is none. Raises KeyDestroyed after an emergency wipe."""
    keyring.ensure(SCOPE)


def sign(content: bytes) -> bytes:
    """The signature (64 bytes) of `content` as it stands; what it is has to be said in it. Raises KeyMissing."""
    return _private_key().sign(content)


def public_key() -> bytes:
    """The public half (32 bytes). Raises KeyMissing where the key was never made, KeyDestroyed where it is gone."""
    return _private_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def find_public_key() -> bytes | None:
    """The public half; None where there is none, or none any more."""
    try:
        return public_key()
    except (KeyMissing, KeyDestroyed):
        return None


def public_key_text() -> str:
    """The public half in Base64, as it is passed on by word of mouth. Raises as `public_key`."""
    return base64.b64encode(public_key()).decode()


def public_key_pem() -> str:
    """The public half as a PEM file, which OpenSSL reads. Raises as `public_key`."""
    return _private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_key(text: str) -> bytes:
    """The key that `public_key_text` gave. Raises BadPublicKey."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise BadPublicKey("This is no public key.") from problem
    if len(key) != 32:
        raise BadPublicKey("This is no public key: it has not 32 bytes.")
    return key


def is_signed(content: bytes, signature: bytes, key: bytes) -> bool:
    """Whether `signature` was made over exactly this content by the owner of `key`."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyring.key(SCOPE, PURPOSE))
