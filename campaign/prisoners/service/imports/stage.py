"""Rows into staging, in batches that each stand for themselves: a run that is killed goes on where it was."""

import json
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import text

from campaign.kernel import audit, jobs
from campaign.kernel.db import session
from campaign.kernel.tables import BadTable, Row, Table, open_table
from campaign.kernel.tables.table import looks_like_formula
from campaign.prisoners.jobs import StageImport
from campaign.prisoners.models import ImportState, PrisonerImport
from campaign.prisoners.queries.imports import get_import
from campaign.prisoners.service.imports.evaluate import Given, Judged, evaluate, read_knowledge

BATCH = 500
ROWS_A_JOB = 2_000
"""A job opens the file anew, so it does several batches; still far below its time limit."""


def stage_some(import_id: uuid.UUID) -> int:
    """The next rows of an import, and a job for those after them; gives how many. Nothing when it is not staging."""
    import_ = get_import(import_id, locked=True, with_content=True)
    if import_.state != ImportState.STAGING or import_.content is None:
        return 0
    try:
        rows = open_table(import_.content).rows(after=last_row(import_))
        done = 0
        while done < ROWS_A_JOB and (judged := stage_batch(import_, rows)):
            done += len(judged)
    except BadTable as problem:
        # A row deep in the file that cannot be read: what is staged before it stays to be looked at, not applied.
        import_.state, import_.error, import_.content = ImportState.FAILED, str(problem), None
        return 0
    if import_.state == ImportState.STAGING:
        jobs.enqueue(StageImport(str(import_.id)))
    return done


def rows_left(import_: PrisonerImport, table: Table) -> Iterator[Row]:
    """The rows that are not staged yet."""
    return table.rows(after=last_row(import_))


def last_row(import_: PrisonerImport) -> int:
    """The number of the last staged row: the cursor, which counts blank rows too."""
    return import_.rows_staged or 1


def stage_batch(import_: PrisonerImport, rows: Iterator[Row]) -> Sequence[Judged]:
    """Stage up to BATCH rows in the open transaction; an empty answer ends the staging and erases the file."""
    taken = [_given(import_.headers, row) for row in islice(rows, BATCH)]
    if not taken:
        import_.state, import_.content = ImportState.STAGED, None
        session.flush()
        audit.record("import.staged", actor=import_.made_by, about=f"import:{import_.id}", amount=import_.rows_total)
        return ()
    judged = evaluate(import_, taken, read_knowledge())
    _store(import_.id, taken, judged)
    import_.rows_staged = taken[-1].number
    session.flush()
    return judged


# One statement with one parameter: five hundred small ones take a third of the whole time.
_STORE = text(
    """
    INSERT INTO prisoner_import_row (import_id, row_number, raw, edited, confirmed, parsed, problems, candidates,
        changes, match_key, verdict, prisoner_id, outcome, before)
    SELECT CAST(:import_id AS uuid), row_number, raw, '{}', '[]', parsed, problems, candidates, changes, match_key,
        verdict, prisoner_id, '', '{}'
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(row_number bigint, raw jsonb, parsed jsonb, problems jsonb,
        candidates jsonb, changes jsonb, match_key text, verdict text, prisoner_id uuid)
    """
)


def _store(import_id: uuid.UUID, taken: Sequence[Given], judged: Sequence[Judged]) -> None:
    rows = [{"row_number": given.number, "raw": given.raw, **each.columns()}
            for given, each in zip(taken, judged, strict=True)]  # fmt: skip
    session.execute(_STORE, {"import_id": import_id, "rows": json.dumps(rows, ensure_ascii=False, default=str)})


def _given(headings: Sequence[str], row: Row) -> Given:
    """A row by its headings; a cell whose formula gave a value is marked, so that it is known for one later too."""
    raw = {
        heading: f"={cell}" if place in row.formulas and not looks_like_formula(cell) else cell
        for place, (heading, cell) in enumerate(zip(headings, row.cells, strict=True))
        if cell or place in row.formulas
    }
    return Given(row.number, raw, has_more=row.has_more)
