"""Alembic's environment: the models' metadata against the application's database."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from campaign import models
from campaign.kernel.db import Base, db

assert models  # noqa: S101 - imported for its tables
LOCK = 0x_4D_49_47_52


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


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with current_app.app_context(), db.engine.begin() as connection:
        _run(connection)
