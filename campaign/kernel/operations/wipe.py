"""The emergency wipe: after it, nothing on this server or in its backups tells who stood by anybody (SAFETY.md 30).

Keys go first: that takes seconds and makes everything else unreadable, here and in every backup of the database. Each
step stands alone, so that a server that is half gone is wiped as far as it can be, and running it again ends the rest.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import Column, Table, func, select, text, update

from campaign.kernel import audit
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import Base, session, transaction
from campaign.kernel.operations.backup import local_keyring_backups
from campaign.kernel.switches import Switch, set_switch
from config import Config

# What a data folder holds besides keys and servers: mail, logs, what a scheduler or a restore left.
CACHES = ("mailbox", "logs", "tmp", "beat-schedule", "vault-cache")
REDIS_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Step:
    """How one step went; `problem` is empty when it is done."""

    name: str
    outcome: str
    problem: str = ""


def supporter_tables() -> list[Table]:
    """The tables that hold anything about people, by the mark `info={"supporter": True}` on each."""
    return [table for table in Base.metadata.sorted_tables if table.info.get("supporter")]


def supporter_columns() -> list[Column[Any]]:
    """The columns so marked in tables that stay: the wipe sets them to NULL."""
    staying = [table for table in Base.metadata.sorted_tables if not table.info.get("supporter")]
    return [column for table in staying for column in table.columns if column.info.get("supporter")]


def wipe(config: Config) -> Iterator[Step]:
    """Do every step, yielding each as it ends. Never raises for a step that fails; running it again is harmless."""
    for name, act in (
        ("keys", _destroy_keys),
        ("keyring backups", lambda: _delete_keyring_backups(config.data_dir)),
        ("vault key", lambda: _delete_vault_key(config)),
        ("tables", _empty_tables),
        ("columns", _erase_columns),
        ("switches", _switch_all_off),
        ("redis", lambda: _flush_redis(config.redis_url)),
        ("files", lambda: _delete_caches(config.data_dir)),
        ("audit", _record),
    ):
        yield _attempt(name, act)


def remains(config: Config) -> list[str]:
    """What the wipe cannot reach or leaves on purpose, each with what to do."""
    lines = [
        "petitions, their texts, counts and the audit trail stay; they name no supporter",
        "prisoners stay, drafts and private ones too, with pages and pictures, without relatives and notes",
        "funds with their titles and the ledger stay; neither giver nor receiver is named in them",
        "PostgreSQL's write-ahead log, replicas and backups hold sealed rows; their keys are gone",
        "copies of the keyring elsewhere still open backups of the database: destroy each of them",
    ]
    if config.master_key_file is not None and config.master_key_file.exists():
        lines.append(
            f"the master key {config.master_key_file} opens copies of the keyring: shred -u it, on every server"
        )
    else:
        lines.append("the master key in the environment opens copies of the keyring: remove it, on every server")
    if config.vault_private_key_file is not None and config.vault_private_key_file.exists():
        lines.append(f"the vault's private key {config.vault_private_key_file} opens backups of the vault: shred -u it")
    lines.append("this installation takes no more signatures; docs/operations.md, “Starting again”, leads on from here")
    return lines


def next_steps() -> list[str]:
    """How to start again on this server, in order; docs/operations.md has the same with the reasons."""
    return [
        "stop web, workers and beat, on every server",
        "put a new MASTER_KEY and a new SECRET_KEY in place, and new passwords for database, Redis and relay",
        "flask emergency begin-anew",
        "flask staff add --username … --role admin, for two persons",
        "start web, workers and beat; flask doctor",
        "flask switch on signing (and confirm-mail, new-accounts, letters, bulk-mail, search)",
        "write petitions anew: those from before cannot be signed again",
    ]


def _attempt(name: str, act: Callable[[], str]) -> Step:
    try:
        return Step(name, act())
    except Exception as problem:  # whatever is broken must not protect what comes after it
        session.remove()
        return Step(name, "", type(problem).__name__)


def _destroy_keys() -> str:
    return f"{keyring.destroy_all()} destroyed"


def _delete_keyring_backups(data_dir: Path) -> str:
    found = local_keyring_backups(data_dir)
    for path in found:
        _overwrite(path)
    return f"{len(found)} deleted"


def _delete_vault_key(config: Config) -> str:
    path = config.vault_private_key_file
    if path is None or not path.exists() or not path.is_relative_to(config.data_dir):
        return "none here"
    _overwrite(path)
    return "destroyed"


def _empty_tables() -> str:
    names = [table.name for table in supporter_tables()]
    with transaction():
        # A request that holds a lock ends within its own time limit; the wipe waits for it rather than failing.
        session.execute(text("SET LOCAL lock_timeout = '60s'"))
        session.execute(text("SET LOCAL statement_timeout = 0"))
        rows = sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in supporter_tables())
        session.execute(text(f"TRUNCATE {', '.join(names)} CASCADE"))
    return f"{len(names)} tables emptied of {rows} rows"


def _erase_columns() -> str:
    """Apart from the tables: a row that cannot be changed must not bring signatures back."""
    rows = 0
    with transaction():
        session.execute(text("SET LOCAL lock_timeout = '60s'"))
        session.execute(text("SET LOCAL statement_timeout = 0"))
        for column in supporter_columns():
            statement = update(column.table).where(column.is_not(None)).values({column.name: None})
            rows += len(session.execute(statement.returning(column)).all())
    return f"{len(supporter_columns())} erased in {rows} rows"


def _switch_all_off() -> str:
    """Visitors get an honest page instead of an error about keys that are gone."""
    with transaction():
        for switch in Switch:
            set_switch(switch, on=False, reason="emergency wipe")
    return f"{len(Switch)} off"


def _flush_redis(url: str) -> str:
    with redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS) as server:
        # Ours alone: another program may use the same server under another number.
        server.flushdb()
    return "emptied"


def _delete_caches(data_dir: Path) -> str:
    gone = 0
    for name in CACHES:
        for path in sorted(data_dir.glob(f"{name}*")):
            gone += 1
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    return f"{gone} deleted"


def _record() -> str:
    with transaction():
        audit.record("emergency.wipe", about="everything about people")
    return "recorded"


def _overwrite(path: Path) -> None:
    """Overwrite and delete. A flash disk may keep old blocks; what they hold is wrapped by the master key."""
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
