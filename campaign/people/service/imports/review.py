"""What an import has found, for the pages that show it."""

import csv
import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select, text

from campaign.kernel import audit
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.db import end_read, session
from campaign.kernel.spreadsheets import neutral
from campaign.people.models import (
    CELLS,
    SCOPE,
    ImportState,
    PeopleImport,
    PeopleImportRow,
    RowOutcome,
    RowVerdict,
)
from campaign.people.service.imports.apply import count_rows
from campaign.people.service.imports.check import APPLICABLE

ROWS_A_PART = 2_000
PAGE = 500
NOT_TAKEN = (RowVerdict.DUPLICATE, RowVerdict.CONFLICT, RowVerdict.INVALID)


def imports() -> Select[PeopleImport]:
    """Every list that has come in, the newest first."""
    statement = select(PeopleImport).where(PeopleImport.state != ImportState.RECEIVING)
    return statement.order_by(PeopleImport.made_at.desc(), PeopleImport.id)


def counts_of(import_: PeopleImport) -> Mapping[str, int]:
    """How its rows stand; from memory where they are erased."""
    live = count_rows(import_.id)
    return live if any(live.values()) else import_.counts


def rows(import_id: uuid.UUID, *, verdict: str = "", outcome: str = "") -> Select[PeopleImportRow]:
    """Its rows, narrowed; without either those that have something to say."""
    statement = select(PeopleImportRow).where(PeopleImportRow.import_id == import_id)
    if verdict:
        statement = statement.where(PeopleImportRow.verdict == verdict)
    if outcome:
        statement = statement.where(PeopleImportRow.outcome == outcome)
    if not verdict and not outcome:
        statement = statement.where(func.jsonb_array_length(PeopleImportRow.problems) > 0)
    return statement.order_by(PeopleImportRow.row_number)


def count_changes(import_id: uuid.UUID) -> Sequence[tuple[str, int]]:
    """How many rows fill which field of people who are known."""
    return _counted(
        "SELECT name, count(*) FROM people_import_row, jsonb_array_elements_text(changes) AS name"
        " WHERE import_id = :id AND verdict = 'update' GROUP BY name ORDER BY count(*) DESC, name",
        import_id,
    )


def count_problems(import_id: uuid.UUID) -> Sequence[tuple[str, str, int]]:
    """How many rows have which problem: field, message and count, the commonest first."""
    statement = text(
        "SELECT problem ->> 'field', problem ->> 'message', count(*)"
        " FROM people_import_row, jsonb_array_elements(problems) AS problem"
        " WHERE import_id = :id GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 30"
    )
    return [(name, message, count) for name, message, count in session.execute(statement, {"id": import_id})]


def count_not_taken(import_id: uuid.UUID) -> int:
    """How many rows are not applied: those of the file of problems."""
    return session.scalar(select(func.count()).select_from(_not_taken(import_id).subquery())) or 0


def may_download(import_: PeopleImport, part: int, *, actor: uuid.UUID) -> bool:
    """Count one part of the file of problems against what one person may see in an hour, and audit it."""
    amount = min(max(count_not_taken(import_.id) - part * ROWS_A_PART, 0), ROWS_A_PART)
    about = f"people-import:{import_.id}"
    if not take(DECRYPTING, actor, amount):
        raise_alarm(AlarmKind.BUDGET_SPENT, about=f"account:{actor}")
        audit.record("people.import_problems_refused", actor=actor, about=about, amount=amount)
        return False
    audit.record("people.import_problems", actor=actor, about=about, amount=amount)
    return True


def problem_lines(import_: PeopleImport, part: int, words: "Words") -> Iterator[str]:
    """One part of the rows that are not applied, as they came, with what is wrong with them; lines of CSV.

    Nothing in it is run by a spreadsheet. With the last two columns taken away it can be brought in again.
    """
    # A mark of UTF-8, without which Excel shows Cyrillic as noise.
    yield "\ufeff" + _line([*import_.headers, words.row, words.problem])
    last, left = _last_before(import_.id, part * ROWS_A_PART), ROWS_A_PART
    while left > 0:
        statement = _not_taken(import_.id).where(PeopleImportRow.row_number > last).limit(min(PAGE, left))
        page = session.scalars(statement).all()
        lines = [_problem_line(row, len(import_.headers), words) for row in page]
        end_read()
        yield from lines
        left -= len(page)
        if len(page) < PAGE:
            return
        last = page[-1].row_number


class Words:
    """The words of a file of problems in the reader's language."""

    def __init__(self, row: str, problem: str, say: Any) -> None:
        self.row, self.problem, self.say = row, problem, say


def _problem_line(row: PeopleImportRow, width: int, words: Words) -> str:
    cells = [""] * width
    if row.cells_sealed is not None:
        cells = json.loads(CELLS.unseal(SCOPE, row.id, row.cells_sealed))
    return _line([*cells, str(row.row_number), "; ".join(words.say(each) for each in row.problems)])


def _line(cells: Sequence[str]) -> str:
    made = io.StringIO()
    csv.writer(made).writerow([neutral(cell) for cell in cells])
    return made.getvalue()


def _not_taken(import_id: uuid.UUID) -> Select[PeopleImportRow]:
    mine = select(PeopleImportRow).where(PeopleImportRow.import_id == import_id)
    return mine.where(PeopleImportRow.verdict.in_(NOT_TAKEN)).order_by(PeopleImportRow.row_number)


def _last_before(import_id: uuid.UUID, offset: int) -> int:
    """The number of the row before the one at `offset`; 0 for the first."""
    if not offset:
        return 0
    statement = _not_taken(import_id).with_only_columns(PeopleImportRow.row_number).offset(offset - 1).limit(1)
    return session.scalar(statement) or 2**31


def progress_of(import_: PeopleImport, counts: Mapping[str, int]) -> tuple[int, int]:
    """How many rows the work at hand has dealt with, and of how many."""
    if import_.state in {ImportState.UPLOADED, ImportState.CHECKING}:
        return min(max(import_.rows_read - 1, 0), import_.rows_total), import_.rows_total
    if import_.state in {ImportState.REVERTING, ImportState.REVERTED}:
        back = counts.get(RowOutcome.UNDONE, 0) + counts.get(RowOutcome.LEFT, 0)
        return back, back + counts.get(RowOutcome.MADE, 0) + counts.get(RowOutcome.CHANGED, 0)
    whole = sum(counts.get(each, 0) for each in APPLICABLE)
    return min(import_.rows_applied, whole), whole


def _counted(statement: str, import_id: uuid.UUID) -> Sequence[tuple[str, int]]:
    return [(name, count) for name, count in session.execute(text(statement), {"id": import_id})]
