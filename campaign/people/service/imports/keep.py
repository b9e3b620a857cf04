"""What of a list goes away by itself: the file when its rows are applied or given up, the rows after 30 days."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from campaign.kernel.db import session
from campaign.people.models import ImportState, PeopleImport, PeopleImportChunk, PeopleImportKey, PeopleImportRow
from campaign.people.service.imports.apply import count_rows, read_back

KEPT_DAYS = 30
OPEN = frozenset({ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED, ImportState.APPLYING})


def forget_old(today: date) -> int:
    """Erase the rows of lists that came more than 30 days ago, and files that never came in whole; gives how many."""
    gone = _forget_unfinished(_start_of(today - timedelta(days=1)))
    for import_ in _old(_start_of(today - timedelta(days=KEPT_DAYS))):
        import_.counts = import_.counts or count_rows(import_.id)
        if import_.state in OPEN:
            import_.state = ImportState.APPLIED if import_.rows_applied else ImportState.CANCELLED
        for table in (PeopleImportChunk, PeopleImportKey, PeopleImportRow):
            rows = delete(table).where(table.import_id == import_.id).returning(table.import_id)
            gone += len(session.execute(rows).all())
    session.flush()
    return gone


def rows_of(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What rows said of one person, while they are kept."""
    statement = (
        select(PeopleImportRow, PeopleImport)
        .join(PeopleImport, PeopleImport.id == PeopleImportRow.import_id)
        .where(PeopleImportRow.person_id == person_id, PeopleImportRow.reading_sealed.is_not(None))
    )
    return [
        {"list": import_.source, "brought_in_on": import_.made_at.date().isoformat(), "row": read_back(row).columns()}
        for row, import_ in session.execute(statement)
    ]


def erase_rows_of(person_id: uuid.UUID) -> int:
    """Erase what rows said of one person; that they were applied stays."""
    statement = update(PeopleImportRow).where(PeopleImportRow.person_id == person_id)
    emptied = {"cells_sealed": None, "reading_sealed": None, "memory_sealed": None, "person_id": None}
    return len(session.scalars(statement.values(emptied).returning(PeopleImportRow.id)).all())


def _forget_unfinished(before: datetime) -> int:
    statement = delete(PeopleImport).where(PeopleImport.state == ImportState.RECEIVING, PeopleImport.made_at < before)
    return len(session.scalars(statement.returning(PeopleImport.id)).all())


def _old(before: datetime) -> list[PeopleImport]:
    holds = [
        select(table.import_id).where(table.import_id == PeopleImport.id).exists()
        for table in (PeopleImportChunk, PeopleImportRow)
    ]
    statement = select(PeopleImport).where(PeopleImport.made_at < before, holds[0] | holds[1]).with_for_update()
    return list(session.scalars(statement))


def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
