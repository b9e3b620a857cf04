"""What an act changed, row by row, so that undoing it restores exactly that, and nothing that was changed since."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update

from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.prisoners.models import Case, Charge, Custody, Episode, Hearing, LibertyStatus, OfficialAct, Sentence
from campaign.prisoners.service.changes.draft import as_json

Values = dict[str, Any]
Snapshot = dict[tuple[str, str], Values]

# In the order in which rows may be inserted; deleted in the reverse.
_TABLES: dict[str, Table] = {
    model.__tablename__: model.__table__  # type: ignore[misc]
    for model in (Episode, Case, LibertyStatus, Custody, Sentence, Hearing)
}
# How a row is edited, not what it says: an act neither records nor restores it.
_LEFT_OUT = frozenset({"version", "edited_at", "created_at"})
_ENDS = ("until_on", "ended_on")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that an act inserted (`was` is None), deleted (`now` is None) or changed (the columns that differ)."""

    table: str
    id: str
    was: Values | None
    now: Values | None

    def as_json(self) -> Values:
        """As the act keeps it."""
        return {"table": self.table, "id": self.id, "was": self.was, "now": self.now}


class StoodUpon(Conflict):
    """Later changes stand on what would be restored; `rows` says which rows were changed since."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__(N_("What this act wrote was changed since. Look at the later changes first."))
        self.rows = rows


def snapshot(prisoner_id: uuid.UUID) -> Snapshot:
    """Every row of somebody's situation, as JSON values."""
    session.flush()
    rows: Snapshot = {}
    for name, table in _TABLES.items():
        for row in session.execute(select(table).where(_belongs(table, prisoner_id))).mappings():
            rows[name, str(row["id"])] = {column: as_json(value) for column, value in row.items()}
    return rows


def changed(before: Snapshot, after: Snapshot) -> list[Row]:
    """What differs between two snapshots."""
    rows = []
    for table, row_id in {**before, **after}:
        was, now = before.get((table, row_id)), after.get((table, row_id))
        if was is not None and now is not None:
            names = [name for name in now if now[name] != was[name] and name not in _LEFT_OUT]
            was, now = {name: was[name] for name in names}, {name: now[name] for name in names}
        if was != now:
            rows.append(Row(table, row_id, was, now))
    return rows


def rows_of(before: Mapping[str, Any]) -> list[Row]:
    """The rows an act has kept."""
    return [Row(each["table"], each["id"], each["was"], each["now"]) for each in before.get("rows", [])]


def restore(prisoner_id: uuid.UUID, rows: Sequence[Row]) -> None:
    """Put every row back as it was before the act. Raises StoodUpon when one no longer says what the act left there.

    Under the lock on the person's row, so that the comparison holds until the commit.
    """
    present = snapshot(prisoner_id)
    stood_upon = [row for row in rows if not _is_untouched(row, present)]
    if stood_upon:
        raise StoodUpon(stood_upon)
    for row in _in_order([row for row in rows if row.was is None], last_first=True):
        table = _TABLES[row.table]
        session.execute(delete(table).where(table.c.id == uuid.UUID(row.id)))
    for row in sorted(rows, key=_reopens):
        if row.was is not None and row.now is not None:
            table = _TABLES[row.table]
            session.execute(update(table).where(table.c.id == uuid.UUID(row.id)).values(_typed(table, row.was)))
    for row in _in_order([row for row in rows if row.now is None]):
        session.execute(insert(_TABLES[row.table]).values(_typed(_TABLES[row.table], row.was or {})))
    session.expire_all()


def _belongs(table: Table, prisoner_id: uuid.UUID) -> ColumnElement[bool]:
    if "prisoner_id" in table.c:
        mine: ColumnElement[bool] = table.c.prisoner_id == prisoner_id
        return mine
    return table.c.case_id.in_(select(Case.id).where(Case.prisoner_id == prisoner_id))


def _is_untouched(row: Row, present: Snapshot) -> bool:
    found = present.get((row.table, row.id))
    if row.now is None or found is None:
        return row.now is None and found is None
    compared = row.now if row.was is not None else {k: v for k, v in row.now.items() if k not in _LEFT_OUT}
    if any(found.get(name) != value for name, value in compared.items()):
        return False
    return row.was is not None or row.table != Case.__tablename__ or not _has_more(uuid.UUID(row.id), row, present)


def _has_more(case_id: uuid.UUID, row: Row, present: Snapshot) -> bool:
    """Whether a case that an act began has got more since: deleting it would take that along unseen."""
    for model in (Charge, OfficialAct):
        if session.scalar(select(func.count()).select_from(model).where(model.case_id == case_id)):
            return True
    court = (Sentence.__tablename__, Hearing.__tablename__)
    parts = [key for key, values in present.items() if key[0] in court and values["case_id"] == row.id]
    return len(parts) > 1


def _in_order(rows: Iterable[Row], *, last_first: bool = False) -> list[Row]:
    order = list(_TABLES)
    return sorted(rows, key=lambda row: order.index(row.table), reverse=last_first)


def _reopens(row: Row) -> bool:
    """Whether restoring makes a row the present one again: only after another has ended, which is unique."""
    return any((row.was or {}).get(name, "") is None for name in _ENDS)


def _typed(table: Table, values: Values) -> Values:
    return {name: _value(table.c[name].type.python_type, value) for name, value in values.items()}


def _value(kind: type, value: Any) -> Any:
    if value is None or not isinstance(value, str) or kind is str:
        return value
    return kind.fromisoformat(value) if hasattr(kind, "fromisoformat") else kind(value)
