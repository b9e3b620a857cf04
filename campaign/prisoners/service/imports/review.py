"""What people decide about staged rows: who is meant, what a cell should say, what is left out."""

import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.tables.cells import Problems
from campaign.kernel.tables.table import clean_cell
from campaign.prisoners.models import ImportState, PrisonerImport, PrisonerImportRow, RowOutcome, RowVerdict
from campaign.prisoners.queries import imports as queries
from campaign.prisoners.queries.imported import read_known
from campaign.prisoners.queries.imports import get_import, get_row
from campaign.prisoners.service.imports.changes import list_changes
from campaign.prisoners.service.imports.evaluate import Given, evaluate, read_knowledge

REVIEWABLE = frozenset({ImportState.STAGED, ImportState.APPLIED})
MOST_AT_ONCE = 20_000
LONGEST_CELL = 20_000


class Choice(StrEnum):
    """What to do with a row."""

    NEW = "new"
    BEST = "best"
    """The person who was suggested first."""
    SKIP = "skip"


def decide_row(
    import_id: uuid.UUID, number: int, choice: Choice, *, prisoner: uuid.UUID | None = None, actor: uuid.UUID
) -> None:
    """Say what a row means: somebody new, `prisoner` (or whom the program suggests first), or nothing.

    Raises Conflict for a row that has errors or was applied, NotFound.
    """
    _reviewable(import_id)
    row = get_row(import_id, number, locked=True)
    _check_open(row)
    if choice is not Choice.SKIP and _has_errors(row):
        raise Conflict(N_("Mend the errors of this row first, or leave it out."))
    target = prisoner if choice is Choice.BEST and prisoner is not None else _best(row)
    if choice is Choice.BEST and target is None:
        raise Conflict(N_("Nobody is suggested for this row. Choose a person."))
    _decide(row, choice, target, actor)
    session.flush()
    audit.record("import.row_decided", actor=actor, about=f"import:{import_id}:{number}", reason=choice.value)


def decide_many(
    import_id: uuid.UUID, choice: Choice, *, verdict: str, field: str, words: str, actor: uuid.UUID
) -> int:  # fmt: skip
    """The same for every row that the filters name and that it fits; gives how many. Raises Conflict."""
    _reviewable(import_id)
    statement = queries.rows(import_id, verdict=verdict, field=field, words=words)
    statement = statement.where(PrisonerImportRow.outcome == RowOutcome.NONE)
    count = 0
    for row in session.scalars(statement.limit(MOST_AT_ONCE).with_for_update()):
        target = _best(row)
        if choice is not Choice.SKIP and (_has_errors(row) or (choice is Choice.BEST and target is None)):
            continue
        _decide(row, choice, target, actor)
        count += 1
    session.flush()
    audit.record("import.rows_decided", actor=actor, about=f"import:{import_id}", amount=count, reason=choice.value)
    return count


def edit_row(
    import_id: uuid.UUID, number: int, cells: Mapping[str, str], *, confirmed: Sequence[str] = (), actor: uuid.UUID
) -> PrisonerImportRow:  # fmt: skip
    """Correct cells of a row, by heading, or confirm fields as they are; it is looked at anew. Raises Conflict."""
    import_ = _reviewable(import_id)
    row = get_row(import_id, number, locked=True)
    _check_open(row)
    cells = {heading: clean_cell(text) for heading, text in cells.items()}
    row.edited = {
        **{heading: text for heading, text in row.edited.items() if heading not in cells},
        **{heading: text[:LONGEST_CELL] for heading, text in cells.items()
           if heading in import_.mapping and text != row.raw.get(heading, "")},
    }  # fmt: skip
    row.confirmed = sorted(set(confirmed))
    [judged] = evaluate(import_, [_given(row)], read_knowledge())
    for name, value in judged.columns().items():
        setattr(row, name, value)
    row.decided_by = None
    session.flush()
    audit.record("import.row_edited", actor=actor, about=f"import:{import_id}:{number}")
    return row


def _decide(row: PrisonerImportRow, choice: Choice, target: uuid.UUID | None, actor: uuid.UUID) -> None:
    row.decided_by = actor
    row.prisoner_id, row.changes = None, []
    if choice is Choice.SKIP:
        row.verdict = RowVerdict.SKIP
    elif choice is Choice.NEW:
        row.verdict = RowVerdict.NEW
    else:
        row.prisoner_id = target
        row.verdict, row.changes, row.problems = _compared(row)


def _compared(row: PrisonerImportRow) -> tuple[RowVerdict, list[dict[str, Any]], list[dict[str, Any]]]:
    if row.prisoner_id is None:
        raise Conflict(N_("Nobody is suggested for this row. Choose a person."))
    known = read_known([row.prisoner_id]).get(row.prisoner_id)
    if known is None:
        raise Conflict(N_("The person this row was matched to is not there any more."))
    problems = Problems(list(row.problems))
    changes = list_changes(known, row.parsed, problems)
    return (RowVerdict.UPDATE if changes else RowVerdict.UNCHANGED), changes, problems.found


def _best(row: PrisonerImportRow) -> uuid.UUID | None:
    best = next((each["prisoner"] for each in row.candidates if "prisoner" in each), None)
    return uuid.UUID(best) if best else row.prisoner_id


def _reviewable(import_id: uuid.UUID) -> PrisonerImport:
    import_ = get_import(import_id, locked=True)
    if import_.state not in REVIEWABLE:
        raise Conflict(N_("The rows of this file cannot be changed now."))
    return import_


def _check_open(row: PrisonerImportRow) -> None:
    if row.outcome not in {RowOutcome.NONE, RowOutcome.REFUSED}:
        raise Conflict(N_("This row was applied already."))
    row.outcome = RowOutcome.NONE


def _has_errors(row: PrisonerImportRow) -> bool:
    return any(problem["level"] == "error" for problem in row.problems)


def _given(row: PrisonerImportRow) -> Given:
    has_more = any(problem["field"] == "" for problem in row.problems)
    return Given(row.row_number, row.raw, row.edited, row.confirmed, has_more)
