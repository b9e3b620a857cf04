"""Secrets of the settings: read from files, made for development, refused when weak."""

import base64
import hashlib
import os
import secrets
from pathlib import Path

SHORTEST_SECRET = 32
KNOWN_WEAK_SECRETS = frozenset({"changeme", "secret", "dev", "development", "password", "test"})


class UnsafeSetting(Exception):
    """A setting is missing, malformed or unsafe; the message says what to do, one line a fault."""


def strong(name: str, value: str) -> str:
    """The secret itself; raises UnsafeSetting when it can be guessed."""
    if len(value) < SHORTEST_SECRET or value.lower() in KNOWN_WEAK_SECRETS or len(set(value)) < 8:
        raise UnsafeSetting(f"{name} is too weak; use at least {SHORTEST_SECRET} random characters")
    return value


def read_secret(path: Path, name: str) -> str:
    """The secret in a file that the setting `name` names; raises UnsafeSetting when it cannot be read."""
    try:
        return path.read_text().strip()
    except OSError as problem:
        raise UnsafeSetting(f"{name} names {path}, which cannot be read: {problem.strerror}") from problem


def write_private(path: Path, text: str) -> None:
    """Write a new 0600 file in one step, so that no other process ever reads half of it; an existing one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def made_secret(path: Path) -> str:
    """The secret in a file, made at random if there is none; all processes get the same one."""
    if not path.exists():
        write_private(path, base64.b64encode(secrets.token_bytes(48)).decode())
    return path.read_text().strip()


def made_vault_pair(folder: Path) -> tuple[str, Path]:
    """The vault's public key and the file with its private half, made if there is none: for development."""
    from campaign.kernel.crypto.vault import new_vault_pair

    private_file = folder / "vault_private_key"
    if not private_file.exists():
        pair = new_vault_pair()
        write_private(private_file, f"{pair.private.hex()}\n{pair.public.hex()}\n")
    return private_file.read_text().split()[1], private_file


def master_key_of(text: str) -> bytes:
    """The 32 bytes AES-256 needs, from a random secret of any length and spelling."""
    return hashlib.sha256(b"unforgotten master key v1\x00" + text.encode()).digest()


def read_master_key(path: Path) -> bytes:
    """The master key that stands in a file."""
    return master_key_of(read_secret(path, "the new master key's file"))


def texts_beside(file: Path) -> list[str]:
    """The secrets in a file and in its `.old` and `.new`, as far as they are there."""
    texts = []
    for path in (file, file.with_name(f"{file.name}.old"), file.with_name(f"{file.name}.new")):
        try:
            texts.append(path.read_text().strip())
        except OSError:
            continue  # while keys are being replaced, files come and go
    return [text for text in texts if len(text) >= SHORTEST_SECRET]
