"""Backups: the database in one encrypted file, the keyring in another, never both in one (SAFETY.md 6).

Whoever holds a backup of the database and no keyring holds nothing. Copies of the keyring live seven days at most, or
a petition's destroyed keys would live on in them.
"""

import fcntl
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from campaign.kernel import clock
from campaign.kernel.crypto.keycopy import export_rows
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.crypto.wrapping import Master
from campaign.kernel.db import end_read
from campaign.kernel.errors import DomainError
from campaign.kernel.operations import schema
from campaign.kernel.operations.postgres import find_program, reach
from campaign.kernel.operations.stream import PIECE, BadBackup, Header, new_header, read_header, write_sealed

DATABASE = "database"
KEYRING = "keyring"
KEYRING_DAYS = 7
LOCAL_FOLDERS = (".", "backups", "keyring-backups")
Progress = Callable[[int], object]
"""Called with the bytes done so far."""


class BackupFailed(DomainError):
    """No backup was made; a former file of that name is as it was."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup."""

    path: Path
    bytes: int
    revision: str = ""


def back_up_database(path: Path, url: str, master_key: bytes, *, progress: Progress) -> Made:
    """Write one consistent, encrypted copy of the database to `path`, whole or not at all.

    Consistent because pg_dump reads in one snapshot while everything goes on. Raises BackupFailed or ProgramMissing.
    """
    master, major, revision = Master(master_key), schema.server_major(), schema.current_revision()
    end_read()
    made_at = clock.now().isoformat(timespec="seconds")
    header = new_header(DATABASE, master=master, made_at=made_at, revision=revision, postgres=major)
    with _whole_file(path) as target:
        for done in write_sealed(target, header, master, _dump(url, major)):
            progress(done)
        size = target.tell()
    return Made(path, size, revision)


def back_up_keyring(path: Path, master_key: bytes) -> Made:
    """Write an encrypted copy of the keyring to `path`, whole or not at all; its keys stay wrapped inside."""
    master = Master(master_key)
    header = new_header(KEYRING, master=master, made_at=clock.now().isoformat(timespec="seconds"))
    lines = (json.dumps(row).encode() + b"\n" for row in export_rows(keyring.store))
    with _whole_file(path) as target:
        for _ in write_sealed(target, header, master, lines):
            pass
        size = target.tell()
    return Made(path, size)


def prune_keyring_backups(folder: Path) -> list[Path]:
    """Delete the keyring's backups in `folder` that are over seven days old, and give their paths."""
    oldest = clock.now() - timedelta(days=KEYRING_DAYS)
    old = [path for path in keyring_backups(folder) if made_at(path) < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def keyring_backups(folder: Path) -> Iterator[Path]:
    """The files in `folder` that are backups of a keyring, whatever their names."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
            try:
                with path.open("rb") as source:
                    kind = read_header(source).kind
            except BadBackup:
                continue
            if kind == KEYRING:
                yield path


def local_keyring_backups(data_dir: Path) -> list[Path]:
    """Copies of the keyring where deploy/backup.sh and hurried hands put them."""
    folders = [folder for name in LOCAL_FOLDERS if (folder := data_dir / name).is_dir()]
    return [path for folder in folders for path in keyring_backups(folder)]


def made_at(path: Path) -> datetime:
    """When a backup was made."""
    return datetime.fromisoformat(_header_of(path).made_at)


def _header_of(path: Path) -> Header:
    with path.open("rb") as source:
        return read_header(source)


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A 0600 file that gets its name only when it is complete and on the disk.

    The draft has a fixed name and a lock: one left by a run that was killed is used again, and two runs that write to
    one name do not mix.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as problem:
        raise BackupFailed(f"{path} cannot be written: {problem.strerror}.") from problem
    with os.fdopen(descriptor, "r+b") as target:
        try:
            fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed(f"Another backup is being written to {path}.") from None
        target.truncate()
        try:
            yield target
            target.flush()
            os.fsync(target.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _dump(url: str, major: int) -> Iterable[bytes]:
    address, environment = reach(url)
    program = find_program("pg_dump", major)
    command: list[str | Path] = [
        program,
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--lock-wait-timeout=30s",
        "--dbname",
        address,
    ]
    with tempfile.TemporaryFile() as complaints:
        dump = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=complaints)  # noqa: S603
        try:
            assert dump.stdout is not None  # noqa: S101 - stdout is a pipe
            while piece := dump.stdout.read(PIECE):
                yield piece
            status = dump.wait()
        finally:
            if dump.poll() is None:
                dump.kill()
                dump.wait()
            if dump.stdout is not None:
                dump.stdout.close()
        if status != 0:
            complaints.seek(0)
            raise BackupFailed(f"pg_dump failed: {last_complaint(complaints.read())}")


def last_complaint(text: bytes) -> str:
    """The last line that says what went wrong, without the details, which may quote what was stored."""
    lines = [line.strip() for line in text.decode(errors="replace").splitlines()]
    telling = [line for line in lines if "rror:" in line or "ERROR" in line or "FATAL" in line]
    return (telling or lines or ["it said nothing"])[-1][:300]
