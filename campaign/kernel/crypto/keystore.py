"""Where the keyring is kept: one table in a second, small database (SAFETY.md, rule 6)."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    make_url,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool
from sqlalchemy.schema import CreateTable

data_keys = Table(
    "data_keys",
    MetaData(),
    # Drawn at random, so that a number is not used twice when an older backup of the keyring comes back.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("scope", String(200), nullable=False),
    # 1 on the scope's current key, NULL on any older one. A tombstone keeps its 1: the constraint below is what makes
    # a destroyed scope impossible to make again, even for a process that has not heard of the destruction. Only
    # Keyring.begin_anew takes it off.
    Column("active", SmallInteger),
    Column("version", SmallInteger, nullable=False),
    Column("master", String(16), nullable=False),
    Column("wrapped", LargeBinary),
    Column("made_on", Date, nullable=False),
    Column("destroyed_on", Date),
    UniqueConstraint("scope", "active", name="uq_data_keys_scope_active"),
    CheckConstraint("active = 1", name="ck_data_keys_active"),
    CheckConstraint("wrapped IS NOT NULL OR destroyed_on IS NOT NULL", name="ck_data_keys_wrapped_or_destroyed"),
)


def open_store(url: str) -> Engine:
    """Connect to the keyring's database and create its table if it is new.

    A SQLite file is created 0600, and its folder 0700 if that does not exist yet. Raises SQLAlchemy's errors if the
    database cannot be reached, and OSError if the file cannot be made.
    """
    address = make_url(url)
    is_file = address.get_backend_name() == "sqlite"
    if is_file:
        _prepare_file(address)
    # No pool: a key is read once in 30 seconds, and a connection carried over a worker's fork would be shared by two
    # processes. Parameters are hidden because an error would put wrapped keys into the log.
    connect_args = {"timeout": 10} if is_file else {}
    engine = create_engine(address, poolclass=NullPool, hide_parameters=True, connect_args=connect_args)
    if is_file:
        event.listen(engine, "connect", _harden_sqlite)
    _create_table(engine)
    return engine


def scrub(engine: Engine) -> None:
    """Rewrite the database so that overwritten keys do not linger in free space, dead rows or SQLite's journal.

    What lies outside the database's reach stays: PostgreSQL's write-ahead log until it is recycled, rows that a
    transaction opened earlier may still read, and old blocks of a disk. They hold keys wrapped by the master key only.
    Raises OperationalError if another session keeps the table locked (2 s, SQLite 10 s); call again later.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            # Readers queue behind the waiting rewrite, so it must give up before a signer notices.
            connection.exec_driver_sql("SET lock_timeout = '2s'")
            # A plain VACUUM frees the space without clearing it: the old bytes were still found in the file.
            connection.exec_driver_sql(f"VACUUM FULL {data_keys.name}")
        else:
            connection.exec_driver_sql("VACUUM")


def today() -> date:
    """Return the day in UTC. The keyring stores days and not minutes."""
    return datetime.now(UTC).date()


def _prepare_file(url: URL) -> None:
    path = Path(url.database or "")
    if not path.name:
        raise ValueError("KEYRING_URL names no file: write sqlite:////full/path/keyring.db")
    # An existing folder is left as it is, because it may hold other things; the file guards itself.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _harden_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    """Have SQLite zero what it deletes and keep nothing of it in other files.

    The journal is kept and overwritten (PERSIST), because the usual one is unlinked with the old pages still on disk.
    """
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("secure_delete=ON", "journal_mode=PERSIST", "synchronous=FULL", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _create_table(engine: Engine) -> None:
    if inspect(engine).has_table(data_keys.name):
        return
    try:
        with engine.begin() as connection:
            connection.execute(CreateTable(data_keys, if_not_exists=True))
    except DBAPIError:
        # Two processes starting at once may both find it absent; PostgreSQL then fails the second in spite of
        # IF NOT EXISTS. Only if the table is still absent is it a real error.
        if not inspect(engine).has_table(data_keys.name):
            raise
