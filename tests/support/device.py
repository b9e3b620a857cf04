"""A device that makes and shows passkeys, in software: ES256, no attestation (WebAuthn level 2)."""

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """Holds one passkey; `verifies` is whether it checks its holder's finger or PIN."""

    def __init__(self, *, origin: str = "http://localhost", verifies: bool = True) -> None:
        self.origin, self.verifies = origin, verifies
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.count = 0

    def create(self, options: str) -> str:
        """Answer the options of a registration."""
        wanted = json.loads(options)
        numbers = self.key.public_key().public_numbers()
        cose = encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        about = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cose
        state = self._state(wanted["rp"]["id"], ATTESTED) + about
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": state})
        client = self._client("webauthn.create", wanted["challenge"])
        return self._answer(client, {"attestationObject": bytes_to_base64url(attestation)})

    def get(self, options: str) -> str:
        """Answer the options of a sign-in."""
        wanted = json.loads(options)
        self.count += 1
        state, client = self._state(wanted["rpId"], 0), self._client("webauthn.get", wanted["challenge"])
        signature = self.key.sign(state + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            client,
            {
                "authenticatorData": bytes_to_base64url(state),
                "signature": bytes_to_base64url(signature),
                "userHandle": None,
            },
        )

    def _state(self, host: str, extra: int) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | extra
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        assert base64url_to_bytes(challenge)
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, client: bytes, response: dict[str, Any]) -> str:
        name = bytes_to_base64url(self.credential_id)
        answer = {"clientDataJSON": bytes_to_base64url(client), **response}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": answer})
