"""Alembic's environment: the models' metadata against the application's database."""

import time

from alembic import context
from flask import current_app
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from campaign import models
from campaign.kernel.db import Base, db

assert models  # noqa: S101 - imported for its tables
LOCK = 0x_4D_49_47_52
# Together some ten minutes: longer than a backup of a large database.
TRIES, PAUSE_SECONDS = 200, 2


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    # Partitions follow from the table they belong to.
    return not (kind == "table" and name is not None and name.startswith("signature_p"))


def _run(connection: Connection) -> None:
    # Two nodes that start together migrate one after the other.
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_name=_is_ours, compare_type=True,
        transaction_per_migration=False,
    )  # fmt: skip
    context.run_migrations()


def _run_beside_visitors() -> None:
    """Migrate without holding anybody up.

    A change of a table waits for its readers, a backup among them, and everybody who comes later waits behind it. So
    it waits for a second only, lets the others go first, and tries again; a try that failed has changed nothing.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            with db.engine.begin() as connection:
                # Checking or filling a large table may take as long as it takes.
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = '1s'"))
                _run(connection)
            return
        except OperationalError as problem:
            if not isinstance(problem.orig, LockNotAvailable) or not tries_left:
                raise
            time.sleep(PAUSE_SECONDS)


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with current_app.app_context():
        _run_beside_visitors()
