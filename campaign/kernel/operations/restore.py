"""Restoring a backup so that nobody gets a mail twice, is mailed against their will, or stays signed in.

All that matters for this happens in the transaction that brings the old rows back: a restore that is killed leaves the
database as it was, and one that is complete has no mail left to send.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, BinaryIO

from campaign.kernel import audit
from campaign.kernel.crypto.errors import WrongMasterKey
from campaign.kernel.crypto.keycopy import merge_rows
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.crypto.wrapping import Master
from campaign.kernel.db import db, end_read, session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.operations import schema
from campaign.kernel.operations.backup import DATABASE, KEYRING, Progress, last_complaint
from campaign.kernel.operations.postgres import find_program, reach
from campaign.kernel.operations.restore_sql import after_rows, before_rows
from campaign.kernel.operations.stream import Header, read_header, read_sealed
from campaign.kernel.registry import after_restore


class NotRestorable(DomainError):
    """This backup cannot be restored here; nothing was changed."""


class RestoreFailed(DomainError):
    """The database did not take the backup; it is as it was before."""


def check_backup(path: Path, master_keys: Sequence[bytes], *, migrations: Path) -> Header:
    """Read a whole backup without using it. Raises BadBackup or NotRestorable."""
    with _opened(path) as source:
        header = read_header(source)
        for _ in read_sealed(source, header, _masters(master_keys)):
            pass
    if header.kind not in {DATABASE, KEYRING}:
        raise NotRestorable(f"This backup holds a {header.kind}, which this version does not know.")
    if header.kind == DATABASE:
        _check_versions(header, migrations)
    return header


def restore_database(
    path: Path,
    url: str,
    master_keys: Sequence[bytes],
    *,
    migrate: Callable[[], None],
    progress: Progress,
) -> None:
    """Put the database back to what it was, keeping what must not be forgotten, and quieten it.

    Call check_backup first. Raises BadBackup, RestoreFailed or ProgramMissing, each with nothing changed.
    """
    major = schema.server_major()
    end_read()
    with _opened(path) as source:
        header = read_header(source)
        pieces = _counted(read_sealed(source, header, _masters(master_keys)), progress)
        _feed(pieces, url, major)
    # Their sessions remember tables that are gone.
    session.remove()
    db.engine.dispose()
    migrate()
    settle(f"database:{header.made_at}")


def restore_keyring(path: Path, master_keys: Sequence[bytes]) -> int:
    """Bring back keys that are missing, never one that was destroyed; gives how many came back."""
    with _opened(path) as source:
        header = read_header(source)
        # All of it is read, and so proven whole, before any of it is used.
        content = b"".join(read_sealed(source, header, _masters(master_keys)))
    added = merge_rows(keyring.store, map(json.loads, content.splitlines()))
    keyring.check_master()
    settle(f"keyring:{header.made_at}")
    return added


def settle(about: str) -> None:
    """Let every feature set right what an older state got wrong; safe to repeat."""
    with transaction():
        for step in after_restore:
            step()
        audit.record("backup.restored", about=about)


def _check_versions(header: Header, migrations: Path) -> None:
    if not schema.knows_revision(migrations, header.revision):
        raise NotRestorable(
            f"The backup is of a newer version of Unforgotten (migration {header.revision or 'none'}); upgrade first."
        )
    major = schema.server_major()
    end_read()
    if major < header.postgres:
        raise NotRestorable(
            f"The backup is of PostgreSQL {header.postgres} and this server is {major}; use a newer one."
        )


def _feed(pieces: Iterator[bytes], url: str, major: int) -> None:
    """backup > pg_restore > psql, with our statements before and after, as one transaction.

    COMMIT is written only after the whole backup was authenticated and translated; whatever breaks before it closes
    psql's input, and the server rolls back.
    """
    address, environment = reach(url)
    psql_command: list[str | Path] = [
        find_program("psql", major),
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--dbname",
        address,
    ]
    with tempfile.TemporaryFile() as complaints:
        psql = subprocess.Popen(  # noqa: S603
            psql_command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints
        )
        assert psql.stdin is not None  # noqa: S101 - stdin is a pipe
        try:
            complete = _write_all(psql.stdin, pieces, find_program("pg_restore", major), complaints)
            status = psql.wait()
        finally:
            if psql.poll() is None:
                psql.kill()
                psql.wait()
        if status != 0 or not complete:
            complaints.seek(0)
            raise RestoreFailed(f"The database refused the backup: {last_complaint(complaints.read())}")


def _write_all(psql: IO[bytes], pieces: Iterator[bytes], program: Path, complaints: IO[bytes]) -> bool:
    """Write the whole transaction; False when psql stopped reading, having said why."""
    try:
        psql.write(before_rows().encode())
        psql.flush()
        _translate(pieces, program, psql, complaints)
        psql.write(after_rows().encode())
        psql.close()
    except BrokenPipeError:
        return False
    return True


def _translate(pieces: Iterator[bytes], program: Path, output: IO[bytes], complaints: IO[bytes]) -> None:
    command: list[str | Path] = [program, "--no-owner", "--no-privileges", "--file=-"]
    restore = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=complaints)  # noqa: S603
    assert restore.stdin is not None  # noqa: S101 - stdin is a pipe
    try:
        for piece in pieces:
            restore.stdin.write(piece)
        restore.stdin.close()
    except BrokenPipeError:
        pass  # its status tells
    except BaseException:
        restore.kill()
        restore.wait()
        raise
    if restore.wait() != 0:
        complaints.seek(0)
        raise RestoreFailed(f"The backup could not be restored: {last_complaint(complaints.read())}")


def _masters(keys: Sequence[bytes]) -> list[Master]:
    if not keys:
        raise WrongMasterKey("There is no master key to open the backup with.")
    return [Master(key) for key in keys]


def _counted(pieces: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        yield piece
        done += len(piece)
        progress(done)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as problem:
        raise NotRestorable(f"{path} cannot be read: {problem.strerror}.") from problem
