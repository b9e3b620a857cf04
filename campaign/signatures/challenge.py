"""What a signer is asked for under attack, and only then: a proof of work, or a minute's patience (SAFETY.md 21).

The proof is ALTCHA's open protocol (altcha.org/docs/v1/proof-of-work), solved by a small script of ours. Who has no
JavaScript gets a ticket that becomes valid after a minute. Each is bound to the petition and is worth one signature.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from altcha.v1 import ChallengeOptions, create_challenge, verify_solution

from campaign.kernel.crypto.keyring import keyring
from campaign.petitions.models import petition_scope

# About a second on a cheap phone; for a thousand signatures, minutes of every attacker's machine.
HARDEST_NUMBER = 60_000
VALID = timedelta(minutes=30)
WAIT = timedelta(seconds=60)
LONGEST_PROOF = 2000
TICKET_LENGTH = 44


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the page carries: the puzzle as JSON for the script, and the ticket for who has none."""

    puzzle: str
    ticket: str


def make_challenge(petition: uuid.UUID, moment: datetime, *, former_ticket: str = "") -> Challenge:
    """A challenge for one signature of one petition; a ticket that was handed out before stays good."""
    if is_ours(former_ticket, petition):
        return Challenge(_puzzle(petition, moment), former_ticket)
    body = os.urandom(12) + int((moment + WAIT).timestamp()).to_bytes(5, "big")
    ticket = base64.urlsafe_b64encode(body + _mark(petition, body)).decode()
    return Challenge(_puzzle(petition, moment), ticket)


def _puzzle(petition: uuid.UUID, moment: datetime) -> str:
    options = ChallengeOptions(
        max_number=HARDEST_NUMBER, hmac_key=_key(petition, "proof").hex(), expires=moment + VALID
    )
    return json.dumps(create_challenge(options).to_dict())


def solved(proof: str, petition: uuid.UUID) -> bytes | None:
    """The digest under which a valid proof of work is spent, or None when it is not valid or too old."""
    if not 0 < len(proof) <= LONGEST_PROOF or not proof.isascii():
        return None
    try:
        payload: Any = json.loads(base64.b64decode(proof, validate=True))
        valid, _problem = verify_solution(payload, _key(petition, "proof").hex(), check_expires=True)
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        return None
    return hashlib.sha256(str(payload["challenge"]).encode()).digest() if valid else None


def is_ours(ticket: str, petition: uuid.UUID) -> bool:
    """Whether a ticket is ours, due or not, so that who comes back early need not wait anew."""
    raw = _raw(ticket)
    return raw is not None and hmac.compare_digest(raw[17:], _mark(petition, raw[:17]))


def waited(ticket: str, petition: uuid.UUID, moment: datetime) -> bytes | None:
    """The digest under which a ticket that has become valid is spent, or None."""
    raw = _raw(ticket)
    if raw is None or not is_ours(ticket, petition):
        return None
    body = raw[:17]
    due = int.from_bytes(body[12:], "big")
    in_time = due <= moment.timestamp() <= due + VALID.total_seconds()
    return hashlib.sha256(body).digest() if in_time else None


def _raw(ticket: str) -> bytes | None:
    if len(ticket) != TICKET_LENGTH or not ticket.isascii():
        return None
    try:
        return base64.urlsafe_b64decode(ticket)
    except (ValueError, binascii.Error):
        return None


def _mark(petition: uuid.UUID, body: bytes) -> bytes:
    return hmac.digest(_key(petition, "ticket"), body, hashlib.sha256)[:16]


def _key(petition: uuid.UUID, purpose: str) -> bytes:
    return keyring.key(petition_scope(petition), purpose)
