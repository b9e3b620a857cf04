"""Checks of keys, of the files they lie in, and of the disk."""

import os
import shutil
from pathlib import Path

from sqlalchemy import make_url

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.operations.backup import KEYRING_DAYS, local_keyring_backups, made_at
from campaign.kernel.registry import Finding, Level
from config import Config

FULL_FAILS, FULL_WARNS = 200 * 2**20, 2 * 2**30
OTHERS = 0o077


def check_keyring(_config: Config) -> list[Finding]:
    """The keyring answers and the master key opens it. Raises WrongMasterKey through the caller's net otherwise."""
    keyring.check_master()
    return [Finding(Level.OK, "keyring", f"{len(keyring.scopes())} scopes, the master key opens them")]


def check_keyring_files(config: Config) -> list[Finding]:
    """A keyring file and its folder belong to us alone, and its copies go after seven days."""
    found = []
    address = make_url(config.keyring_url)
    if address.get_backend_name() == "sqlite":
        file = Path(address.database or "")
        found += [_private(file, "KEYRING_URL"), _private(file.parent, "KEYRING_URL")]
        found.append(_same_disk_as_database(config))
    found += [_copy(path) for path in local_keyring_backups(config.data_dir)]
    bad = [each for each in found if each is not None]
    return bad or [Finding(Level.OK, "keyring files", "private")]


def check_secret_files(config: Config) -> list[Finding]:
    """Secrets and the data folder are closed to other users."""
    files = [config.data_dir / "secrets", *sorted((config.data_dir / "secrets").glob("*"))]
    if config.production:
        # In development the embedded server may have to pass through the data folder under another uid.
        files.append(config.data_dir)
    if config.master_key_file is not None:
        files.append(config.master_key_file)
    bad = [finding for path in files if path.exists() and (finding := _private(path, "secrets")) is not None]
    if (
        config.master_key_file is not None
        and config.master_key_file.with_name(f"{config.master_key_file.name}.old").exists()
    ):
        advice = "a former master key is still there; delete it when flask keys rotate finds nothing more to do"
        bad.append(Finding(Level.WARN, "secrets", advice))
    return bad or [Finding(Level.OK, "secrets", "private")]


def check_disk(config: Config) -> list[Finding]:
    """Room under DATA_DIR."""
    room = shutil.disk_usage(config.data_dir)
    told = f"{room.free / 2**30:.1f} GiB free under DATA_DIR"
    if room.free < FULL_FAILS:
        return [Finding(Level.FAIL, "disk", f"{told}; make room at once")]
    if room.free < FULL_WARNS:
        return [Finding(Level.WARN, "disk", f"{told}; make room")]
    return [Finding(Level.OK, "disk", told)]


def _private(path: Path, name: str) -> Finding | None:
    mode = path.stat().st_mode
    if mode & OTHERS:
        right = "700" if path.is_dir() else "600"
        return Finding(Level.FAIL, name, f"{path} is open to other users: chmod {right} {path}")
    if path.stat().st_uid not in {os.geteuid(), 0}:
        return Finding(Level.WARN, name, f"{path} belongs to another user than this process")
    return None


def _same_disk_as_database(config: Config) -> Finding | None:
    cluster = config.data_dir / "postgres"
    if config.production and cluster.exists():
        return Finding(Level.WARN, "keyring", f"{cluster} lies in the same folder; back the two up apart")
    return None


def _copy(path: Path) -> Finding | None:
    age = (clock.now() - made_at(path)).days
    if age >= KEYRING_DAYS:
        return Finding(Level.FAIL, "keyring files", f"{path} is {age} days old and holds destroyed keys: delete it")
    return None
