"""Public keys of partners: age recipients (age-encryption.org/v1, section "The X25519 recipient type").

The private half never comes near this server; a record sealed here opens with `age -d -i key.txt` alone.
"""

import hashlib
import json
from collections.abc import Mapping

from pyrage import RecipientError, encrypt, x25519

from campaign.kernel.errors import N_, DomainError

PRIVATE_HALF = "AGE-SECRET-KEY-"
RECORD_STEP = 512
"""Bytes to which a record is filled up, so that its length does not tell how long an address or a name is."""
_FINGERPRINT = 32


class BadKey(DomainError):
    """What was typed is no public key that opt-ins can be sealed to."""


class PrivateKeyGiven(BadKey):
    """The private half was typed: it must not be kept, nor shown again."""


def read_recipient(text: str) -> str:
    """The public key in what was typed, checked by parsing it and by sealing to it. Raises BadKey."""
    typed = text.strip()
    if PRIVATE_HALF in typed.upper():
        raise PrivateKeyGiven(
            N_(
                "That is the private key, which must stay with the organisation. Nothing was kept. Ask them for a new "
                "pair, since this one was shown to us, and for the line that begins with age1."
            )
        )
    try:
        recipient = x25519.Recipient.from_str(typed)
        encrypt(b"", [recipient])
    except (RecipientError, ValueError, OverflowError):
        raise BadKey(
            N_("That is no public key of age. It begins with age1, has 62 characters, and comes whole from age-keygen.")
        ) from None
    return str(recipient)


def fingerprint(recipient: str) -> str:
    """Eight groups of four characters to read out to each other: the first half of SHA-256 over the recipient."""
    digest = hashlib.sha256(recipient.encode()).hexdigest()[:_FINGERPRINT]
    return " ".join(digest[start : start + 4] for start in range(0, _FINGERPRINT, 4))


def seal_record(recipient: str, content: Mapping[str, object]) -> bytes:
    """One record as an age file for `recipient`: JSON in UTF-8, filled up with spaces to a multiple of 512 bytes."""
    plain = json.dumps(content, ensure_ascii=False).encode() + b"\n"
    filled = plain + b" " * (-len(plain) % RECORD_STEP)
    sealed: bytes = encrypt(filled, [x25519.Recipient.from_str(recipient)])
    return sealed
