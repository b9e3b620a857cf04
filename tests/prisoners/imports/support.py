"""Files of people, and what a coordinator does with them, in as few words as the tests need."""

import csv
import uuid
from collections.abc import Sequence
from io import StringIO

from campaign.kernel.db import session, transaction
from campaign.prisoners.models import PrisonerImport, PrisonerImportRow
from campaign.prisoners.queries import imports as queries
from campaign.prisoners.service.imports import apply, stage, undo, upload

EDITOR, SECOND = uuid.uuid4(), uuid.uuid4()


def table(*rows: Sequence[str], code: str = "utf-8", separator: str = ",") -> bytes:
    """A CSV file."""
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(code)


def staged(*rows: Sequence[str], content: bytes = b"", name: str = "people.csv") -> PrisonerImport:
    """An import whose rows are staged, with its columns as the headings say."""
    with transaction():
        made, opened = upload.take_file(upload.Upload(content or table(*rows), name, "A made-up list"), actor=EDITOR)
        upload.set_mapping(made, made.mapping, actor=EDITOR)
        upload.begin_staging(made, actor=EDITOR, by_job=False)
        remaining = stage.rows_left(made, opened)
        while stage.stage_batch(made, remaining):
            pass
    return made


def applied(*rows: Sequence[str]) -> PrisonerImport:
    """An import that has been let loose."""
    made = staged(*rows)
    let_loose(made)
    return made


def let_loose(made: PrisonerImport) -> None:
    """Apply all of it."""
    with transaction():
        apply.begin_applying(made.id, actor=EDITOR, by_job=False)
    with transaction():
        while apply.apply_batch(made.id, by_job=False) == apply.BATCH:
            pass


def taken_back(made: PrisonerImport) -> None:
    """Undo all of it."""
    with transaction():
        undo.begin_undo(made.id, actor=EDITOR)
    with transaction():
        while undo.undo_batch(made.id) == undo.BATCH:
            pass


def row(made: PrisonerImport, number: int) -> PrisonerImportRow:
    """One row as it stands now."""
    session.expire_all()
    return queries.get_row(made.id, number)


def said(made: PrisonerImport, number: int) -> dict[str, str]:
    """The problems of a row: field > words."""
    return {
        problem["field"]: problem["message"] % problem["values"] if problem["values"] else problem["message"]
        for problem in row(made, number).problems
    }
