"""Tokens (SAFETY.md, rule 24): derived ones for links in mail, random ones for what is never mailed again."""

import base64
import hashlib
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.errors import DomainError

_EPOCH = date(2020, 1, 1)
_FAR = 2**16 - 1  # the largest version, and days to the last expiry (6 June 2199)
_MAC = 16
# 36 bytes are exactly 48 characters, without spare bits: every token has one spelling only.
_SHAPE = re.compile(r"[A-Za-z0-9_-]{48}")


class BadToken(DomainError):
    """The link is not one of ours, was cut off, or was replaced by a newer one."""


class TokenExpired(DomainError):
    """The link was ours and its last day is over."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says of itself. Nothing in it may be believed before `verify`."""

    row: uuid.UUID
    version: int
    expires_on: date | None
    mac: bytes


def derive(scope: str, purpose: str, row: uuid.UUID, *, version: int, expires_on: date | None) -> str:
    """Return the token of `row` for one purpose: 48 URL-safe characters, the same each time, stored nowhere.

    Bytes: row (16) | version (2) | last day as days since 2020-01-01, 0 for never (2) | HMAC-SHA-256 cut to 16.
    Raises ValueError for a version over 65535 or a day outside 2020-01-02 to 2199-06-06, KeyMissing, KeyDestroyed.
    """
    body = _body(row, version, expires_on)
    return base64.urlsafe_b64encode(body + _mac(scope, purpose, body)).decode()


def parse(token: str) -> Claim:
    """Read a token without believing it, so that its row can be found. Raises BadToken for anything malformed."""
    if not _SHAPE.fullmatch(token):
        raise BadToken("This link is incomplete. Open it from the mail again, or copy all of it.")
    raw = base64.urlsafe_b64decode(token)
    days = int.from_bytes(raw[18:20], "big")
    expires_on = _EPOCH + timedelta(days=days) if days else None
    return Claim(uuid.UUID(bytes=raw[:16]), int.from_bytes(raw[16:18], "big"), expires_on, raw[20:])


def verify(claim: Claim, scope: str, purpose: str, *, version: int, today: date) -> None:
    """Return if the claim was derived for this scope, purpose and version and `today` is not after its last day.

    Raises BadToken, TokenExpired, or KeyDestroyed when the scope's keys are gone. Only a genuine token is told that
    it is old; a forged one learns nothing.
    """
    body = _body(claim.row, claim.version, claim.expires_on)
    if not hmac.compare_digest(_mac(scope, purpose, body), claim.mac):
        raise BadToken("This link is not valid. Open it from the mail again, or copy all of it.")
    if claim.version != version:
        raise BadToken("This link was replaced by a newer one. Look for a later mail from us.")
    if claim.expires_on is not None and today > claim.expires_on:
        raise TokenExpired("This link has expired. Ask for a new one.")


def new_secret() -> tuple[str, bytes]:
    """Make a random token of 128 bits: 22 URL-safe characters to hand out once, and the digest to store."""
    token = secrets.token_urlsafe(16)
    return token, digest_secret(token)


def digest_secret(token: str) -> bytes:
    """Return the 32 bytes under which a random token is stored and looked up: plain SHA-256.

    128 random bits cannot be searched for, so no slow hash is needed. Any input is taken; a wrong one finds nothing.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _body(row: uuid.UUID, version: int, expires_on: date | None) -> bytes:
    days = 0 if expires_on is None else (expires_on - _EPOCH).days
    if not 0 <= version <= _FAR or not 0 <= days <= _FAR or (expires_on is not None and days == 0):
        raise ValueError("version or expiry does not fit a token")
    return row.bytes + version.to_bytes(2, "big") + days.to_bytes(2, "big")


def _mac(scope: str, purpose: str, body: bytes) -> bytes:
    key = keyring.key(scope, "tokens:" + purpose)
    return hmac.digest(key, purpose.encode() + b"\x1f" + body, "sha256")[:_MAC]
