"""Staged rows into the registry, batch by batch: killed midway it goes on, run twice it does nothing twice.

Nothing becomes public by it: whoever is new is a draft. What a row changes of somebody whose page is public, is in
review or was hidden waits for a second person, since the page would change with it.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden
from campaign.kernel.tables.cells import ERROR, Problems
from campaign.prisoners.jobs import ApplyImport
from campaign.prisoners.models import (
    Fact,
    ImportState,
    PrisonerImport,
    PrisonerImportRow,
    PrisonerState,
    RowOutcome,
    RowVerdict,
)
from campaign.prisoners.queries.imported import read_known
from campaign.prisoners.queries.imports import get_import, get_row
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.imports.changes import list_changes
from campaign.prisoners.service.imports.match import find_matches
from campaign.prisoners.service.imports.write import change_person, make_person
from campaign.prisoners.service.situation import lock_prisoner

BATCH = 100
APPLICABLE = (RowVerdict.NEW, RowVerdict.UPDATE)
UNSEEN = frozenset({PrisonerState.DRAFT, PrisonerState.ARCHIVED})
"""States in which a person may be changed without a second pair of eyes."""


def begin_applying(import_id: uuid.UUID, *, actor: uuid.UUID | None, by_job: bool = True) -> PrisonerImport:
    """Let the rows loose on the registry; a run that was stopped goes on. Safe to press twice. Raises Conflict."""
    import_ = get_import(import_id, locked=True)
    if import_.state == ImportState.APPLYING:
        return import_
    if import_.state not in {ImportState.STAGED, ImportState.APPLIED}:
        raise Conflict(N_("The rows of this file cannot be applied now."))
    import_.state, import_.applied_by = ImportState.APPLYING, actor
    session.flush()
    audit.record("import.applying", actor=actor, about=f"import:{import_.id}")
    if by_job:
        jobs.enqueue(ApplyImport(str(import_.id)))
    return import_


def apply_batch(import_id: uuid.UUID, *, by_job: bool = True) -> int:
    """Apply up to BATCH rows and ask for the next; gives how many. Nothing when the import is not being applied."""
    import_ = get_import(import_id, locked=True)
    if import_.state != ImportState.APPLYING:
        return 0
    rows = _next_rows(import_.id)
    for row in rows:
        _apply(import_, row, import_.applied_by, is_second=False)
    import_.rows_applied += len(rows)
    if len(rows) < BATCH:
        import_.state, import_.applied_at = ImportState.APPLIED, clock.now()
        audit.record("import.applied", actor=import_.applied_by, about=f"import:{import_.id}",
                     amount=import_.rows_applied)  # fmt: skip
    elif by_job:
        jobs.enqueue(ApplyImport(str(import_.id)))
    session.flush()
    return len(rows)


def decide_waiting(import_id: uuid.UUID, number: int, *, approve: bool, actor: uuid.UUID) -> None:
    """Let a change of a public person pass as the second person, or refuse it.

    Raises Forbidden for who applied the import or chose this row, Conflict when the row does not wait any more.
    """
    import_ = get_import(import_id, locked=True)
    row = get_row(import_id, number, locked=True)
    if row.outcome != RowOutcome.WAITS:
        raise Conflict(N_("Somebody has decided on this already."))
    if actor in {import_.applied_by, row.decided_by}:
        raise Forbidden(N_("Someone else has to look at this: you let the import run."))
    if approve:
        _apply(import_, row, actor, is_second=True)
    else:
        row.outcome = RowOutcome.REFUSED
    session.flush()
    audit.record("import.row_approved" if approve else "import.row_refused", actor=actor,
                 about=f"import:{import_.id}:{number}")  # fmt: skip


def source_of(import_: PrisonerImport, row: PrisonerImportRow) -> Source:
    """Where a row is known from: what it says itself, else where the file is from; read on the day it came in."""
    said = row.parsed.get("source", {})
    title, url = said.get("title", ""), said.get("url", "")
    if not title and not url:
        title, url = import_.source_title, import_.source_url
    return Source(title, url, import_.made_at.date())


def last_fact(prisoner_id: uuid.UUID) -> int:
    """The number of the newest fact about a person: whatever is written down later is somebody else's work."""
    return session.scalar(select(func.max(Fact.id)).where(Fact.prisoner_id == prisoner_id)) or 0


def _next_rows(import_id: uuid.UUID) -> Sequence[PrisonerImportRow]:
    statement = (
        select(PrisonerImportRow)
        .where(
            PrisonerImportRow.import_id == import_id,
            PrisonerImportRow.outcome == RowOutcome.NONE,
            PrisonerImportRow.verdict.in_(APPLICABLE),
        )
        .order_by(PrisonerImportRow.row_number)
        .limit(BATCH)
        .with_for_update()
    )
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _apply(import_: PrisonerImport, row: PrisonerImportRow, actor: uuid.UUID | None, *, is_second: bool) -> None:
    """Apply one row; what the domain refuses is written to the row as a problem and harms no other row."""
    try:
        with session.begin_nested():
            if row.verdict == RowVerdict.NEW:
                _make(import_, row, actor)
            else:
                _change(import_, row, actor, is_second=is_second)
    except DomainError as problem:
        problems = Problems(list(row.problems))
        problems.add(ERROR, getattr(problem, "field", ""), problem.message or N_("This could not be written down."))
        row.problems, row.outcome = problems.found, RowOutcome.REFUSED
    session.flush()


def _make(import_: PrisonerImport, row: PrisonerImportRow, actor: uuid.UUID | None) -> None:
    [matches] = find_matches([row.parsed])
    # Between staging and now somebody may have written the same person down, in another import for one.
    if row.decided_by is None and any(match.is_sure for _each, match in matches):
        row.verdict = RowVerdict.UNSURE
        row.candidates = [
            {"prisoner": str(each), "score": match.score, "why": list(match.why)} for each, match in matches
        ]
        return
    prisoner = make_person(row.parsed, source_of(import_, row), actor=actor)
    row.prisoner_id, row.outcome, row.applied_at = prisoner.id, RowOutcome.MADE, clock.now()
    session.flush()
    row.before = {"version": prisoner.version, "last_fact": last_fact(prisoner.id)}


def _change(import_: PrisonerImport, row: PrisonerImportRow, actor: uuid.UUID | None, *, is_second: bool) -> None:
    if row.prisoner_id is None:
        raise Conflict(N_("The person this row was matched to is not there any more."))
    lock_prisoner(row.prisoner_id)
    known = read_known([row.prisoner_id])[row.prisoner_id]
    problems = Problems(list(row.problems))
    row.changes = list_changes(known, row.parsed, problems)
    row.problems = problems.found
    if not row.changes:
        row.verdict, row.outcome = RowVerdict.UNCHANGED, RowOutcome.NONE
    elif known.prisoner.state not in UNSEEN and not is_second:
        row.outcome = RowOutcome.WAITS
    else:
        before = change_person(known, row.parsed, source_of(import_, row), actor=actor)
        row.before = {**before, "last_fact": last_fact(row.prisoner_id)}
        row.outcome, row.applied_at = RowOutcome.CHANGED, clock.now()
