"""Lists of made-up people, and what an organiser does with them, in as few words as the tests need."""

import csv
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any

from sqlalchemy import select

from campaign.kernel.db import session, transaction
from campaign.kernel.pieces import PIECE
from campaign.people.models import (
    Basis,
    Consent,
    PeopleImport,
    PeopleImportRow,
    Person,
    PersonFieldValue,
    PersonIdentity,
    PersonNote,
    PersonTag,
    Tag,
)
from campaign.people.service.imports import apply, check, undo, upload
from campaign.people.service.imports.known import read_known
from campaign.people.service.imports.upload import Choices

ORGANISER = uuid.uuid4()
ASKED = Choices("A made-up list", Basis.ASKED, date(2026, 3, 1), "I want to hear from you.", "ru")
NOBODY = Choices("A made-up list")


def table(*rows: Sequence[str], code: str = "utf-8", separator: str = ",") -> bytes:
    """A CSV file."""
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(code)


def received(content: bytes, name: str = "people.csv", *, piece: int = PIECE) -> upload.Receiving:
    """A file that has come in, in pieces of that size."""
    with transaction():
        coming = upload.begin_receiving(actor=ORGANISER)
        for place in range(0, len(content), piece):
            coming.keep(content[place : place + piece])
    return coming


def taken(content: bytes, name: str = "people.csv", *, piece: int = PIECE) -> PeopleImport:
    """An import whose columns are guessed."""
    coming = received(content, name, piece=piece)
    with transaction():
        return upload.take_file(coming, name, actor=ORGANISER)[0]


def checked(
    *rows: Sequence[str], content: bytes = b"", choices: Choices = NOBODY, mapping: Mapping[str, str] | None = None
) -> PeopleImport:  # fmt: skip
    """An import whose rows are judged."""
    made = taken(content or table(*rows))
    with transaction():
        upload.choose(made, mapping or made.mapping, choices, actor=ORGANISER)
        upload.begin_check(made, actor=ORGANISER, by_job=False)
        remaining, reader = check.rows_left(made, upload.open_again(made)), check.reader_of(made)
        while check.check_batch(made, reader, remaining):
            pass
    return made


def applied(*rows: Sequence[str], **more: Any) -> PeopleImport:
    """An import that has been let loose."""
    made = checked(*rows, **more)
    let_loose(made)
    return made


def let_loose(made: PeopleImport) -> None:
    """Apply all of it."""
    with transaction():
        apply.begin_applying(made.id, actor=ORGANISER, by_job=False)
    with transaction():
        while apply.apply_batch(made.id, by_job=False) == apply.BATCH:
            pass


def taken_back(made: PeopleImport) -> None:
    """Undo all of it."""
    with transaction():
        undo.begin_undo(made.id, actor=ORGANISER, by_job=False)
    with transaction():
        while undo.undo_batch(made.id, by_job=False) == undo.BATCH:
            pass


def counted(made: PeopleImport) -> dict[str, int]:
    """Verdicts and outcomes."""
    session.expire_all()
    return {word: count for word, count in apply.count_rows(made.id).items() if count}


def row(made: PeopleImport, number: int) -> PeopleImportRow:
    """One row as it stands now."""
    session.expire_all()
    statement = select(PeopleImportRow).where(
        PeopleImportRow.import_id == made.id, PeopleImportRow.row_number == number
    )
    return session.scalars(statement).one()


def said(made: PeopleImport, number: int) -> dict[str, str]:
    """The problems of a row: field > words."""
    return {
        problem["field"]: problem["message"] % problem["values"] if problem["values"] else problem["message"]
        for problem in row(made, number).problems
    }


def everybody() -> dict[Any, Any]:
    """All that the database holds of people, opened, so that two states of it can be compared."""
    session.expire_all()
    ids = list(session.scalars(select(Person.id)))
    known = read_known(ids, with_notes=True)
    people = {
        each.id: (each.flat, sorted(each.keys), sorted(each.tags), each.values, each.value_rows, sorted(each.notes))
        for each in known.values()
    }
    rows = {
        model.__tablename__: sorted(str(tuple(found)) for found in session.execute(select(*columns)))
        for model, columns in (
            (Consent, (Consent.id, Consent.person_id, Consent.purpose, Consent.given_on, Consent.ended_on)),
            (PersonIdentity, (PersonIdentity.id, PersonIdentity.person_id, PersonIdentity.value_index)),
            (PersonNote, (PersonNote.id, PersonNote.person_id, PersonNote.written_on)),
            (PersonTag, (PersonTag.person_id, PersonTag.tag_id, PersonTag.given_on)),
            (PersonFieldValue, (PersonFieldValue.id, PersonFieldValue.number, PersonFieldValue.word)),
            (Tag, (Tag.id, Tag.name)),
            (Person, (Person.id, Person.kept_for, Person.source, Person.tasks_a_week)),
        )
    }
    return {"people": people, **rows}
