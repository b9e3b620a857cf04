"""Rows about two people as they stand, read to be remembered and written back by comparing three states of them.

Values stay the JSON that PostgreSQL writes, so that nothing is lost on the way, whatever the column.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from campaign.kernel.db import Base, session
from campaign.kernel.registry_people import MergedRow, MergeRule, merge_rules

Rows = dict[str, MergedRow]
"""By the JSON of their primary key."""
OMITTED = {"person_merge": {"snapshot_sealed"}}
"""An older merge's memory is not remembered again within a newer one's."""
# Written by the database, and told apart from what people change.
COUNTED = {"person": {"changed_tx", "version"}}


@dataclass(frozen=True, slots=True)
class Since:
    """What was done to the rows of one table after a merge, and stays."""

    table: str
    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def is_something(self) -> bool:
        """Whether anything was."""
        return bool(self.added or self.changed or self.removed)


def compared_tables() -> dict[str, list[str]]:
    """The columns that point at people, by table, of all rules that leave restoring to a comparison."""
    found: dict[str, list[str]] = defaultdict(list)
    found["person"].append("id")
    for rule in merge_rules:
        if rule.restore is None and rule.column not in found[rule.table]:
            found[rule.table].append(rule.column)
    return found


def rule_of(table: str) -> MergeRule | None:
    """The rule of a table whose rows are compared."""
    return next((rule for rule in merge_rules if rule.table == table and rule.restore is None), None)


def read_rows(table: str, columns: Sequence[str], people: Collection[uuid.UUID]) -> Rows:
    """Every row of `table` that points at one of `people`."""
    where = " OR ".join(f"t.{column} = ANY(:people)" for column in columns)
    statement = text(
        "SELECT (SELECT jsonb_object_agg(each.key, each.value::text) FROM jsonb_each(to_jsonb(t)) AS each)"  # noqa: S608
        f" FROM {table} AS t WHERE {where}"
    )
    key, omitted = _key_columns(table), OMITTED.get(table, set())
    rows = session.scalars(statement, {"people": list(people)})
    plain = [{name: value for name, value in row.items() if name not in omitted} for row in rows]
    return {json.dumps([row[name] for name in key]): row for row in plain}


def put_back(table: str, before: Rows, after: Rows, now: Rows) -> Since:
    """Undo what a merge did to the rows of `table`, but for what somebody changed since.

    First what moved goes back, so that what had to make room for it fits again.
    """
    changes: dict[tuple[str, ...], list[MergedRow]] = defaultdict(list)
    for key in before.keys() & after.keys() & now.keys():
        was, made, is_now = before[key], after[key], now[key]
        names = [name for name in was if was[name] != made.get(name) and is_now.get(name) == made.get(name)]
        if names := [name for name in names if name not in COUNTED.get(table, set())]:
            changes[tuple(sorted(names))].append(was)
    for columns, rows in changes.items():
        _update(table, columns, rows)
    _delete(table, [now[key] for key in after.keys() - before.keys() if now.get(key) == after[key]])
    rule = rule_of(table)
    for key in before.keys() - after.keys():
        row = before[key]
        if rule is not None and rule.mend is not None:
            row = rule.mend(row, list(after.values()), list(now.values()))
        insert_row(table, row)
    return _since(table, after, now)


def insert_row(table: str, row: MergedRow) -> bool:
    """Write a row back; False where something that was done since has taken its place, or what it needs."""
    names = [name for name in row if name in Base.metadata.tables[table].columns]
    listed = ", ".join(f'"{name}"' for name in names)
    statement = text(
        f"INSERT INTO {table} ({listed}) SELECT {listed}"  # noqa: S608
        f" FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))"
    )
    try:
        with session.begin_nested():
            session.execute(statement, {"row": _json(row)})
    except IntegrityError:
        return False
    return True


def _since(table: str, after: Rows, now: Rows) -> Since:
    counted = COUNTED.get(table, set())

    def plain(row: MergedRow) -> MergedRow:
        return {name: value for name, value in row.items() if name not in counted}

    both = after.keys() & now.keys()
    changed = sum(plain(after[key]) != plain(now[key]) for key in both)
    return Since(table, added=len(now) - len(both), changed=changed, removed=len(after) - len(both))


def _update(table: str, columns: Sequence[str], rows: Sequence[MergedRow]) -> None:
    known = [name for name in columns if name in Base.metadata.tables[table].columns]
    assigned = [f'"{name}" = back."{name}"' for name in known]
    if table == "person":
        assigned.append("version = t.version + 1")
    same = " AND ".join(f"t.{name} = back.{name}" for name in _key_columns(table))
    statement = text(
        f"UPDATE {table} AS t SET {', '.join(assigned)}"  # noqa: S608
        f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb)) AS back WHERE {same}"
    )
    session.execute(statement, {"rows": _json_list(rows)})


def _delete(table: str, rows: Sequence[MergedRow]) -> None:
    if not rows:
        return
    same = " AND ".join(f"t.{name} = gone.{name}" for name in _key_columns(table))
    statement = text(
        f"DELETE FROM {table} AS t"  # noqa: S608
        f" USING jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb)) AS gone WHERE {same}"
    )
    session.execute(statement, {"rows": _json_list(rows)})


def _key_columns(table: str) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].primary_key]


def _json(row: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in row.items()) + "}"


def _json_list(rows: Iterable[Mapping[str, str]]) -> str:
    return "[" + ", ".join(map(_json, rows)) + "]"
