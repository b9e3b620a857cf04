"""Passkeys (WebAuthn level 2): registering them and believing their answers.

Challenges are made without a row: random bytes, an expiry and a keyed hash over both and their purpose. Only a right
answer leaves one, so that the same answer cannot be sent again.
"""

import hmac
import json
import os
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from campaign.accounts.models import SCOPE, Account, AccountState, Passkey, UsedChallenge
from campaign.accounts.queries import list_passkeys
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.kernel.tokens import digest_secret

LIFETIME = timedelta(minutes=5)
LONGEST_ANSWER = 16_384
LONGEST_NAME = 40
MOST = 10
_NONCE, _EXPIRY, _MAC = 16, 8, 32

# What the library and its parsers raise on hostile input besides their own errors.
MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError,
             struct.error, UnsupportedAlgorithm)  # fmt: skip


class BadPasskey(DomainError):
    """The device's answer does not fit: too old, used before, or for another place."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The site as devices know it: its host name, and the addresses it is opened at."""

    host: str
    origins: tuple[str, ...]


def registration_options(account: Account, party: RelyingParty) -> str:
    """What the browser needs to make a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name="Unforgotten",
        user_name=account.username,
        user_id=account.id.bytes,
        challenge=_new_challenge(f"register:{account.id}"),
        exclude_credentials=_descriptors(list_passkeys(account.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return webauthn.options_to_json(options)


def register_passkey(account: Account, answer: str, name: str, party: RelyingParty) -> Passkey:
    """Keep the public key the browser brought. Raises BadPasskey."""
    if len(list_passkeys(account.id)) >= MOST:
        raise BadPasskey(N_("An account has at most ten passkeys. Remove one first."))
    try:
        challenge = _challenge_in(answer)
        verified = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=party.host,
            expected_origin=list(party.origins),
        )  # fmt: skip
    except MALFORMED as problem:
        raise BadPasskey(N_("Your device's answer could not be read. Please try again.")) from problem
    _use_challenge(challenge, f"register:{account.id}")
    taken = select(Passkey.id).where(Passkey.credential_id == verified.credential_id)
    if session.scalar(taken) is not None:
        raise BadPasskey(N_("This passkey is known already."))
    passkey = Passkey(
        id=uuid.uuid4(), account_id=account.id, credential_id=verified.credential_id,
        public_key=verified.credential_public_key, sign_count=verified.sign_count,
        name=one_line(name, LONGEST_NAME), added_on=clock.today(),
    )  # fmt: skip
    session.add(passkey)
    session.flush()
    audit.record("account.passkey_added", actor=account.id, about=f"account:{account.id}")
    return passkey


def remove_passkey(account: Account, passkey_id: uuid.UUID) -> None:
    """Forget one passkey; raises NotFound when it is not theirs."""
    statement = delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account.id)
    if session.execute(statement.returning(Passkey.id)).first() is None:
        raise NotFound
    audit.record("account.passkey_removed", actor=account.id, about=f"account:{account.id}")


def sign_in_options(party: RelyingParty) -> str:
    """What the browser needs to sign in with a passkey alone, the same for everybody: no account is named."""
    return _answer_options(party, "sign-in", (), UserVerificationRequirement.REQUIRED)


def second_factor_options(account_id: uuid.UUID, party: RelyingParty) -> str:
    """What the browser needs to show one of the account's passkeys."""
    return _answer_options(
        party, f"second:{account_id}", list_passkeys(account_id), UserVerificationRequirement.PREFERRED
    )


def recognise(answer: str, party: RelyingParty) -> Account:
    """Whose passkey answered, its holder verified by the device: two factors in one. Raises BadPasskey."""
    passkey = _check(answer, party, "sign-in", account_id=None)
    account = session.get(Account, passkey.account_id)
    if account is None or account.state != AccountState.ACTIVE:
        raise BadPasskey(UNKNOWN)
    return account


def check_second_factor(account_id: uuid.UUID, answer: str, party: RelyingParty) -> None:
    """Return if one of the account's passkeys answered; raises BadPasskey."""
    _check(answer, party, f"second:{account_id}", account_id=account_id)


UNKNOWN = N_("This passkey does not open an account here. Try again, or sign in with your passphrase.")


def _check(answer: str, party: RelyingParty, purpose: str, *, account_id: uuid.UUID | None) -> Passkey:
    try:
        challenge = _challenge_in(answer)
        credential = parse_authentication_credential_json(answer)
        statement = select(Passkey).where(Passkey.credential_id == credential.raw_id).with_for_update()
        if account_id is not None:
            statement = statement.where(Passkey.account_id == account_id)
        passkey = session.scalar(statement)
        if passkey is None:
            raise BadPasskey(UNKNOWN)
        verified = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=party.host,
            expected_origin=list(party.origins), credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count, require_user_verification=account_id is None,
        )  # fmt: skip
    except MALFORMED as problem:
        raise BadPasskey(UNKNOWN) from problem
    _use_challenge(challenge, purpose)
    passkey.sign_count = verified.new_sign_count
    session.flush()
    return passkey


def _answer_options(
    party: RelyingParty, purpose: str, passkeys: Sequence[Passkey], verification: UserVerificationRequirement
) -> str:
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=_new_challenge(purpose),
        allow_credentials=_descriptors(passkeys),
        user_verification=verification,
    )
    return webauthn.options_to_json(options)


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in passkeys]


def _challenge_in(answer: str) -> bytes:
    """The challenge that the answer claims to be for; not believed before `_use_challenge`."""
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    credential: Any = json.loads(answer)
    raw = webauthn.base64url_to_bytes(credential["response"]["clientDataJSON"])
    return bytes(parse_client_data_json(raw).challenge)


def _new_challenge(purpose: str) -> bytes:
    keyring.ensure(SCOPE)
    expires = int((clock.now() + LIFETIME).timestamp())
    body = os.urandom(_NONCE) + expires.to_bytes(_EXPIRY, "big")
    return body + _mac(body, purpose)


def _use_challenge(challenge: bytes, purpose: str) -> None:
    """Take a challenge of ours once. Raises BadPasskey when it is not ours, too old or answered already."""
    body, mac = challenge[: _NONCE + _EXPIRY], challenge[_NONCE + _EXPIRY :]
    if len(challenge) != _NONCE + _EXPIRY + _MAC or not hmac.compare_digest(_mac(body, purpose), mac):
        raise BadPasskey(UNKNOWN)
    expires_at = datetime.fromtimestamp(int.from_bytes(body[_NONCE:], "big"), UTC)
    if expires_at < clock.now():
        raise BadPasskey(N_("That took longer than five minutes. Please try again."))
    statement = insert(UsedChallenge).values(challenge_hash=digest_secret(challenge.hex()), expires_at=expires_at)
    if session.execute(statement.on_conflict_do_nothing().returning(UsedChallenge.expires_at)).first() is None:
        raise BadPasskey(UNKNOWN)


def _mac(body: bytes, purpose: str) -> bytes:
    return hmac.digest(keyring.key(SCOPE, "challenge"), purpose.encode() + b"\x1f" + body, "sha256")
