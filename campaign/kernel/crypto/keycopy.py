"""Copying the keyring: its rows out, and the rows of an older copy back in."""

import base64
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Engine, insert, select, update

from campaign.kernel.crypto.keystore import data_keys


def export_rows(store: Engine) -> Iterator[dict[str, Any]]:
    """Yield every row as plain values, tombstones included; keys stay wrapped by their master key."""
    with store.connect() as connection:
        rows = connection.execute(select(data_keys).order_by(data_keys.c.id)).all()
    for row in rows:
        yield {
            **row._mapping,
            **{name: _as_text(row._mapping[name]) for name in ("wrapped", "made_on", "destroyed_on")},
        }


def merge_rows(store: Engine, rows: Iterable[dict[str, Any]]) -> int:
    """Add what is missing and return how many rows that were.

    A key that was destroyed here since the copy was made stays destroyed, and so does one that the copy knows as
    destroyed: a tombstone wins on either side. Safe to repeat.
    """
    added = 0
    with store.begin() as connection:
        here = {row.id: row for row in connection.execute(select(data_keys)).all()}
        taken = {row.scope for row in here.values() if row.active is not None}
        dead_on = {row.scope: row.destroyed_on for row in here.values() if row.destroyed_on is not None}
        for row in map(_from_text, rows):
            if row["id"] in here:
                if row["destroyed_on"] is not None and here[row["id"]].destroyed_on is None:
                    dead = {"wrapped": None, "destroyed_on": row["destroyed_on"]}
                    connection.execute(update(data_keys).where(data_keys.c.id == row["id"]).values(dead))
                continue
            if row["scope"] in taken:
                # A newer key was made meanwhile and is the current one; the older still opens what it sealed.
                row["active"] = None
            if row["scope"] in dead_on:
                row |= {"wrapped": None, "destroyed_on": dead_on[row["scope"]]}
            connection.execute(insert(data_keys).values(row))
            added += 1
    return added


def _as_text(value: bytes | date | None) -> str | None:
    if value is None:
        return None
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.isoformat()


def _from_text(row: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("made_on", "destroyed_on")}
    return {**row, **days, "wrapped": base64.b64decode(row["wrapped"]) if row["wrapped"] else None}
