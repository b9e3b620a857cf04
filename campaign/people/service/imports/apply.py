"""Checked rows into people's records, batch by batch: killed midway it goes on, run twice it does nothing twice."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.tables.cells import ERROR, Problems
from campaign.people.jobs import ApplyPeopleImport
from campaign.people.models import (
    READING,
    SCOPE,
    ImportState,
    PeopleImport,
    PeopleImportRow,
    PersonField,
    RowOutcome,
    RowVerdict,
)
from campaign.people.service.imports import chunks
from campaign.people.service.imports.check import APPLICABLE, TWO_PEOPLE, keys_of, suppressed_rows
from campaign.people.service.imports.known import add_to, additions_of, find_owners, lock_people, read_known
from campaign.people.service.imports.reading import Reading
from campaign.people.service.imports.upload import choices_of, get_import
from campaign.people.service.imports.write import Writer, tags_named

BATCH = 1_000
TRIES = 3


def begin_applying(import_id: uuid.UUID, *, actor: uuid.UUID | None, by_job: bool = True) -> PeopleImport:
    """Let the rows loose on people's records; a run that was stopped goes on. Safe to press twice. Raises Conflict."""
    import_ = get_import(import_id, locked=True)
    if import_.state == ImportState.APPLYING:
        return import_
    if import_.state != ImportState.CHECKED:
        raise Conflict(N_("The rows of this file cannot be applied now."))
    if not import_.rows_applied:
        import_.new_tags = []
    import_.state, import_.applied_by = ImportState.APPLYING, actor
    chunks.forget_pieces(import_.id)
    session.flush()
    audit.record("people.import_applying", actor=actor, about=f"people-import:{import_.id}", reason=import_.source)
    if by_job:
        jobs.enqueue(ApplyPeopleImport(str(import_.id)))
    return import_


def apply_batch(import_id: uuid.UUID, *, by_job: bool = True) -> int:
    """Apply up to BATCH rows and ask for the next; gives how many. Nothing when the import is not being applied."""
    import_ = get_import(import_id, locked=True)
    if import_.state != ImportState.APPLYING:
        return 0
    rows = _next_rows(import_.id)
    _apply(import_, rows)
    import_.rows_applied += len(rows)
    if len(rows) < BATCH:
        import_.state, import_.applied_at = ImportState.APPLIED, clock.now()
        import_.counts = count_rows(import_.id)
        audit.record("people.import_applied", actor=import_.applied_by, about=f"people-import:{import_.id}",
                     amount=import_.rows_applied)  # fmt: skip
    elif by_job:
        jobs.enqueue(ApplyPeopleImport(str(import_.id)))
    session.flush()
    session.expire_all()
    return len(rows)


def count_rows(import_id: uuid.UUID) -> dict[str, int]:
    """How many rows stand in each verdict, and came to each outcome."""
    mine = PeopleImportRow.import_id == import_id
    counts: dict[str, int] = {}
    for column in (PeopleImportRow.verdict, PeopleImportRow.outcome):
        statement = select(column, func.count()).where(mine).group_by(column)
        counts |= {word: int(count) for word, count in session.execute(statement) if word}
    suppressed = select(func.count()).select_from(PeopleImportRow).where(mine, PeopleImportRow.is_suppressed)
    counts["suppressed"] = int(session.scalar(suppressed) or 0)
    return counts


def _next_rows(import_id: uuid.UUID) -> Sequence[PeopleImportRow]:
    statement = (
        select(PeopleImportRow)
        .where(
            PeopleImportRow.import_id == import_id,
            PeopleImportRow.outcome == RowOutcome.NONE,
            PeopleImportRow.verdict.in_(APPLICABLE),
        )
        .order_by(PeopleImportRow.row_number)
        .limit(BATCH)
    )
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _apply(import_: PeopleImport, rows: Sequence[PeopleImportRow]) -> None:
    """Apply a batch; anew where somebody was written down by another between our look and our writing."""
    readings = [read_back(row) for row in rows]
    for tries_left in reversed(range(TRIES)):
        try:
            with session.begin_nested():
                _write(import_, rows, readings)
        except IntegrityError:
            if not tries_left:
                raise
        else:
            return


def read_back(row: PeopleImportRow) -> Reading:
    """What was read of a row when it was checked."""
    if row.reading_sealed is None:
        return Reading()
    told: Mapping[str, Any] = json.loads(READING.unseal(SCOPE, row.id, row.reading_sealed))
    return Reading(**told)


def _write(import_: PeopleImport, rows: Sequence[PeopleImportRow], readings: Sequence[Reading]) -> None:
    reached = [keys_of(reading) for reading in readings]
    owners = find_owners({key for each in reached for key, _reached in each})
    people = set(owners.values())
    lock_people(people)
    known = read_known(people, with_notes=any(reading.note for reading in readings))
    fields = {str(each.id): each for each in session.scalars(select(PersonField))}
    writer = Writer(import_, fields, tags_named(import_, [tag for reading in readings for tag in reading.tags]))
    choices, suppressed = choices_of(import_), suppressed_rows(readings)
    for row, reading, keys, is_suppressed in zip(rows, readings, reached, suppressed, strict=True):
        found = {owners[key] for key, _reached in keys if owners.get(key) in known}
        if len(found) > 1:
            _refuse(row)
            continue
        person = known[found.pop()] if found else None
        reading.values = {key: value for key, value in reading.values.items() if key in fields}
        added = additions_of(person, reading, keys, choices, is_suppressed=is_suppressed)
        if person is None:
            writer.make(row, added)
        elif added.names():
            row.verdict = RowVerdict.UPDATE
            writer.change(row, person, added)
            add_to(person, added, dict(keys))
        else:
            row.verdict = RowVerdict.UNCHANGED
        row.is_suppressed = is_suppressed
    writer.flush()


def _refuse(row: PeopleImportRow) -> None:
    problems = Problems(list(row.problems))
    problems.add(ERROR, "", TWO_PEOPLE)
    row.problems, row.verdict, row.outcome = problems.found, RowVerdict.CONFLICT, RowOutcome.REFUSED
