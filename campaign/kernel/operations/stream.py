"""The encrypted file that backups are kept in.

A line that says what it is, a line of JSON in clear, then libsodium's secretstream in pieces of 256 KiB: pieces that
are changed, swapped, repeated or missing do not open, and the last one carries a mark, so that a file which was cut off
is known as such. The key is derived from the master key for each file anew.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl import bindings as sodium
from nacl.exceptions import CryptoError as StreamError

from campaign.kernel.crypto.wrapping import Master
from campaign.kernel.errors import DomainError

MAGIC = b"unforgotten backup 1\n"
PIECE = 256 * 1024
LONGEST_HEADER = 4096
MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
START_BYTES = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
SEALED_PIECE = PIECE + sodium.crypto_secretstream_xchacha20poly1305_ABYTES

State = sodium.crypto_secretstream_xchacha20poly1305_state
init_push = sodium.crypto_secretstream_xchacha20poly1305_init_push
init_pull = sodium.crypto_secretstream_xchacha20poly1305_init_pull
push = sodium.crypto_secretstream_xchacha20poly1305_push
pull = sodium.crypto_secretstream_xchacha20poly1305_pull


class BadBackup(DomainError):
    """The file is no backup of ours, is damaged or cut off, or another master key is needed."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself in clear; it is bound to the content and cannot be changed unnoticed."""

    kind: str
    made_at: str
    """ISO 8601, UTC."""
    revision: str
    """The newest migration the database had; empty for a keyring."""
    postgres: int
    """The server's major version; 0 for a keyring."""
    master: str
    """The fingerprint of the master key that opens it."""
    salt: str


def new_header(kind: str, *, master: Master, made_at: str, revision: str = "", postgres: int = 0) -> Header:
    """Describe a backup that is about to be made."""
    return Header(kind, made_at, revision, postgres, master.fingerprint, os.urandom(16).hex())


def write_sealed(target: BinaryIO, header: Header, master: Master, pieces: Iterable[bytes]) -> Iterator[int]:
    """Write a whole backup, yielding after each piece how many bytes went in so far."""
    line = json.dumps(asdict(header), sort_keys=True).encode() + b"\n"
    target.write(MAGIC + line)
    state, bound, waiting, total = State(), hashlib.sha256(line).digest(), bytearray(), 0
    target.write(init_push(state, _key(header, master)))
    for piece in pieces:
        waiting += piece
        total += len(piece)
        while len(waiting) >= PIECE:
            target.write(push(state, bytes(waiting[:PIECE]), bound, MESSAGE))
            del waiting[:PIECE]
            yield total
    # Shorter than the others, perhaps empty, and marked as the last: the reader knows by it that nothing is missing.
    target.write(push(state, bytes(waiting), bound, FINAL))
    yield total


def read_header(source: BinaryIO) -> Header:
    """Read what a backup says of itself, leaving `source` where its content begins. Raises BadBackup."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BadBackup("This file is not a backup made by `flask backup`.")
    try:
        return Header(**json.loads(source.readline(LONGEST_HEADER)))
    except (ValueError, TypeError):
        raise BadBackup("The head of this backup is damaged.") from None


def read_sealed(source: BinaryIO, header: Header, masters: Sequence[Master]) -> Iterator[bytes]:
    """Yield the content piece by piece, each one authenticated; the end is reached only if nothing is missing.

    What was yielded before BadBackup is genuine but incomplete: do nothing with it that cannot be undone.
    """
    master = next((each for each in masters if each.fingerprint == header.master), None)
    if master is None:
        raise BadBackup(f"This backup needs the master key {header.master}; give it as MASTER_KEY_OLD or its _FILE.")
    line = json.dumps(asdict(header), sort_keys=True).encode() + b"\n"
    state, bound, tag = State(), hashlib.sha256(line).digest(), MESSAGE
    try:
        init_pull(state, source.read(START_BYTES), _key(header, master))
        while tag != FINAL:
            piece, tag = pull(state, source.read(SEALED_PIECE), bound)
            yield piece
    except (StreamError, ValueError, TypeError):
        raise BadBackup("This backup is damaged or was cut off; nothing of it was used.") from None
    if source.read(1):
        raise BadBackup("Something was appended to this backup; nothing of it was used.")


def _key(header: Header, master: Master) -> bytes:
    info = b"unforgotten backup key 1\x1f" + header.kind.encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=bytes.fromhex(header.salt), info=info).derive(master.key)
