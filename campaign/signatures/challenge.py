"""What a signer is asked for under attack, and only then: a proof of work, or a minute's patience (SAFETY.md 21).

The proof is ALTCHA's open protocol (altcha.org/docs/v1/proof-of-work), solved by a small script of ours. Who has no
JavaScript gets a ticket that becomes valid after a minute. Each is bound to what it was asked for, a petition, the
pledges of a fund or an event, and is worth one signature, pledge or place.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from altcha.v1 import ChallengeOptions, create_challenge, verify_solution

from campaign.kernel.crypto.keyring import keyring

# About a second on a cheap phone; for a thousand signatures, minutes of every attacker's machine.
HARDEST_NUMBER = 60_000
VALID = timedelta(minutes=30)
WAIT = timedelta(seconds=60)
LONGEST_PROOF = 2000
TICKET_LENGTH = 44


@dataclass(frozen=True, slots=True)
class Subject:
    """What a challenge is good for: under which keys it is made, and of which purpose."""

    scope: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the page carries: the puzzle as JSON for the script, and the ticket for who has none."""

    puzzle: str
    ticket: str


def make_challenge(subject: Subject, moment: datetime, *, former_ticket: str = "") -> Challenge:
    """A challenge for one signature or pledge; a ticket that is not due yet stays good, so that its minute goes on.

    One that was due and let nobody in is spent or too old: whoever brings it would wait with it for ever.
    """
    if is_ours(former_ticket, subject) and _due(former_ticket) > moment.timestamp():
        return Challenge(_puzzle(subject, moment), former_ticket)
    body = os.urandom(12) + int((moment + WAIT).timestamp()).to_bytes(5, "big")
    ticket = base64.urlsafe_b64encode(body + _mark(subject, body)).decode()
    return Challenge(_puzzle(subject, moment), ticket)


def _puzzle(subject: Subject, moment: datetime) -> str:
    options = ChallengeOptions(max_number=HARDEST_NUMBER, hmac_key=_key(subject, "proof").hex(), expires=moment + VALID)
    return json.dumps(create_challenge(options).to_dict())


def solved(proof: str, subject: Subject) -> bytes | None:
    """The digest under which a valid proof of work is spent, or None when it is not valid or too old."""
    if not 0 < len(proof) <= LONGEST_PROOF or not proof.isascii():
        return None
    try:
        payload: Any = json.loads(base64.b64decode(proof, validate=True))
        valid, _problem = verify_solution(payload, _key(subject, "proof").hex(), check_expires=True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return None
    return hashlib.sha256(str(payload["challenge"]).encode()).digest() if valid else None


def is_ours(ticket: str, subject: Subject) -> bool:
    """Whether a ticket is ours, due or not, so that who comes back early need not wait anew."""
    raw = _raw(ticket)
    return raw is not None and hmac.compare_digest(raw[17:], _mark(subject, raw[:17]))


def waited(ticket: str, subject: Subject, moment: datetime) -> bytes | None:
    """The digest under which a ticket that has become valid is spent, or None."""
    raw = _raw(ticket)
    if raw is None or not is_ours(ticket, subject):
        return None
    body = raw[:17]
    due = _due(ticket)
    in_time = due <= moment.timestamp() <= due + VALID.total_seconds()
    return hashlib.sha256(body).digest() if in_time else None


def _due(ticket: str) -> int:
    return int.from_bytes((_raw(ticket) or bytes(17))[12:17], "big")


def _raw(ticket: str) -> bytes | None:
    if len(ticket) != TICKET_LENGTH or not ticket.isascii():
        return None
    try:
        return base64.urlsafe_b64decode(ticket)
    except (ValueError, binascii.Error):
        return None


def _mark(subject: Subject, body: bytes) -> bytes:
    return hmac.digest(_key(subject, "ticket"), body, hashlib.sha256)[:16]


def _key(subject: Subject, purpose: str) -> bytes:
    return keyring.key(subject.scope, purpose + subject.purpose)
