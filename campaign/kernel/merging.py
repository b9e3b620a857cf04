"""The usual rule of merging: rows of one record pass to the other, but for those that it has already."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import text

from campaign.kernel.db import session
from campaign.kernel.registry_people import MergedRow, MergeRule


def moving(
    table: str, column: str = "person_id", *, unless_same: Sequence[str] = (),
    first: Callable[[uuid.UUID, uuid.UUID], None] | None = None,
    mend: Callable[[MergedRow, Sequence[MergedRow], Sequence[MergedRow]], MergedRow] | None = None,
) -> MergeRule:  # fmt: skip
    """Move the loser's rows to the winner. One whose columns `unless_same` the winner has in a row already stays, and
    goes with the loser; undoing brings it back."""
    same = " AND ".join(f"own.{name} IS NOT DISTINCT FROM moved.{name}" for name in unless_same)
    there = f" AND NOT EXISTS (SELECT FROM {table} AS own WHERE own.{column} = :winner AND {same})" if same else ""
    # Names of tables and columns alone, written in code.
    statement = text(
        f"UPDATE {table} AS moved SET {column} = :winner WHERE moved.{column} = :loser{there}"  # noqa: S608
    )

    def move(winner: uuid.UUID, loser: uuid.UUID) -> list[dict[str, Any]]:
        if first is not None:
            first(winner, loser)
        session.execute(statement, {"winner": winner, "loser": loser})
        return []

    return MergeRule(table, column, move, mend=mend)
