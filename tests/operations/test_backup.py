"""A backup is whole, private and without the keyring, or it is not there."""

import os
import signal
import stat
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest

from campaign.kernel import clock
from campaign.kernel.crypto.wrapping import Master
from campaign.kernel.operations import backup
from campaign.kernel.operations.postgres import find_program, reach
from campaign.kernel.operations.stream import read_header, read_sealed
from campaign.signatures.service.sign import sign
from tests.support import make

pytestmark = pytest.mark.slow


def content_of(path: Path, config) -> bytes:
    with path.open("rb") as source:
        return b"".join(read_sealed(source, read_header(source), [Master(config.master_key)]))


def test_a_backup_holds_the_tables_and_no_key(flask, config, tmp_path):
    petition = make.petition()
    sign(petition.id, make.signature_draft(), quarantined=False)
    file = tmp_path / "database.backup"
    outcome = flask("backup", str(file))
    assert outcome.exit_code == 0, outcome.stderr
    assert str(file) in outcome.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    dump = tmp_path / "dump"
    dump.write_bytes(content_of(file, config))
    told = subprocess.run([find_program("pg_restore", 16), "--list", dump], capture_output=True, text=True, check=True)
    assert "TABLE DATA public signature_p00" in told.stdout
    assert "data_keys" not in told.stdout
    assert b"anna@example.org" not in dump.read_bytes()


def test_the_password_is_in_no_argument(config):
    address, environment = reach(config.database_url)
    assert environment["PGPASSWORD"] not in address


def test_a_backup_that_fails_leaves_the_former_one(config, app, tmp_path):
    file = tmp_path / "database.backup"
    file.write_text("yesterday's")
    with pytest.raises(backup.BackupFailed):
        backup.back_up_database(
            file, config.database_url + "_that_is_not_there", config.master_key, progress=lambda done: None
        )
    assert file.read_text() == "yesterday's"
    assert list(tmp_path.iterdir()) == [file]


def test_a_backup_that_is_killed_leaves_no_file_of_that_name_and_the_next_one_works(deployment, tmp_path):
    file = tmp_path / "database.backup"
    fifo = tmp_path / "pg_dump"
    fifo.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 18.0' && exit\nexec sleep 100\n")
    fifo.chmod(0o700)
    process = deployment.start("backup", str(file), PATH=f"{tmp_path}:{os.environ['PATH']}")
    draft = tmp_path / ".database.backup.part"
    deadline = time.monotonic() + 80
    while not draft.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert draft.exists()
    assert not file.exists()
    assert deployment.flask("backup", str(file)).returncode == 0
    assert file.exists()
    assert not draft.exists()


def test_copies_of_the_keyring_go_after_seven_days(flask, config, tmp_path, monkeypatch):
    other = tmp_path / "letters.txt"
    other.write_text("not ours")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(days=8))
    assert flask("backup", "--keyring", str(tmp_path / "old.keyring")).exit_code == 0
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(days=6))
    assert flask("backup", "--keyring", str(tmp_path / "newer.keyring")).exit_code == 0
    monkeypatch.undo()
    outcome = flask("backup", "--keyring", str(tmp_path / "new.keyring"))
    assert outcome.exit_code == 0
    assert "old.keyring" in outcome.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.txt", "new.keyring", "newer.keyring"]
