"""Rows of a file judged in batches that each stand for themselves: a run that is killed goes on where it was."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from psycopg.types.json import Jsonb
from sqlalchemy import func, select

from campaign.kernel import audit, jobs
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import copy_rows, session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.mail.suppression import suppressed_among_canonical
from campaign.kernel.tables import BadTable, Row, Table
from campaign.kernel.tables.cells import ERROR, NOTE, Problems
from campaign.people.jobs import CheckPeopleImport
from campaign.people.models import (
    CELLS,
    READING,
    SCOPE,
    IdentityKind,
    ImportState,
    PeopleImport,
    PeopleImportKey,
    PeopleImportRow,
    PersonField,
    RowVerdict,
    Tag,
)
from campaign.people.service.identities import Reached
from campaign.people.service.imports.known import Key, additions_of, find_owners, read_known
from campaign.people.service.imports.reading import Reader, Reading
from campaign.people.service.imports.upload import choices_of, forget_rows, get_import, open_again

BATCH = 1_000
ROWS_A_JOB = 5_000
"""A job opens the file anew and reads on to where it was, so it does several batches."""
MOST_NEW_TAGS = 100
APPLICABLE = frozenset({RowVerdict.NEW, RowVerdict.UPDATE})
TWO_PEOPLE = N_("Its ways to reach somebody belong to two people. Correct or merge them, then bring this row in again.")


class TooManyTags(DomainError):
    """A column that holds something else was taken for tags."""


@dataclass(slots=True)
class Judged:
    """What became of one row."""

    row: Row
    reading: Reading
    problems: Problems
    reached: list[tuple[Key, Reached]] = field(default_factory=list)
    verdict: RowVerdict = RowVerdict.INVALID
    changes: list[str] = field(default_factory=list)
    is_suppressed: bool = False


def reader_of(import_: PeopleImport) -> Reader:
    """What reads the rows of this file."""
    own = session.scalars(select(PersonField).where(PersonField.put_away_on.is_(None)))
    return Reader(
        import_.headers, import_.mapping, {each.slug: each for each in own}, import_.country, import_.may_call
    )


def check_some(import_id: uuid.UUID) -> int:
    """The next rows of an import, and a job for those after them; gives how many. Nothing when it is not checked."""
    import_ = get_import(import_id, locked=True)
    if import_.state != ImportState.CHECKING:
        return 0
    done = 0
    try:
        rows, reader = rows_left(import_, open_again(import_)), reader_of(import_)
        while done < ROWS_A_JOB and (judged := check_batch(import_, reader, rows)):
            done += len(judged)
    except BadTable as problem:
        # A row deep in the file that cannot be read.
        forget_rows(import_)
        import_.state, import_.error = ImportState.FAILED, str(problem)
        return 0
    except TooManyTags as problem:
        forget_rows(import_)
        import_.state, import_.error = ImportState.UPLOADED, problem.message
        return 0
    if import_.state == ImportState.CHECKING:
        jobs.enqueue(CheckPeopleImport(str(import_.id)))
    return done


def rows_left(import_: PeopleImport, table: Table) -> Iterator[Row]:
    """The rows that were not checked yet."""
    return table.rows(after=import_.rows_read or 1)


def check_batch(import_: PeopleImport, reader: Reader, rows: Iterator[Row]) -> Sequence[Judged]:
    """Judge up to BATCH rows in the open transaction; an empty answer ends the check. Raises BadTable, TooManyTags."""
    taken = list(islice(rows, BATCH))
    if not taken:
        import_.state, import_.error = ImportState.CHECKED, ""
        session.flush()
        audit.record("people.import_checked", actor=import_.made_by, about=f"people-import:{import_.id}",
                     amount=import_.rows_total)  # fmt: skip
        return ()
    judged = [Judged(row, *reader.read(row)) for row in taken]
    _judge(import_, judged)
    _note_new_tags(import_, judged)
    _store(import_.id, judged)
    import_.rows_read = taken[-1].number
    session.flush()
    return judged


def keys_of(reading: Reading) -> list[tuple[Key, Reached]]:
    """Each way to reach somebody with what it is looked up by."""
    return [((each.kind.value, each.index), each) for each in reading.reached()]


def suppressed_rows(readings: Sequence[Reading]) -> list[bool]:
    """Whether one of a row's addresses must not be mailed."""
    addresses = [[compared for kind, _value, compared in each.identities if kind == IdentityKind.EMAIL]
                 for each in readings]  # fmt: skip
    found = suppressed_among_canonical({each for some in addresses for each in some})
    return [not found.isdisjoint(some) for some in addresses]


def _judge(import_: PeopleImport, judged: Sequence[Judged]) -> None:
    keyring.ensure(SCOPE)
    sound = [each for each in judged if not each.problems.has_errors]
    for each in sound:
        each.reached = keys_of(each.reading)
    owners = find_owners({key for each in sound for key, _reached in each.reached})
    for each in sound:
        if len(_people_of(each, owners)) > 1:
            each.verdict = RowVerdict.CONFLICT
            each.problems.add(ERROR, "", TWO_PEOPLE)
    sound = _first_of_each(import_.id, [each for each in sound if each.verdict is not RowVerdict.CONFLICT], owners)
    known = read_known(set(owners.values()), with_notes="note" in import_.mapping.values())
    choices = choices_of(import_)
    for each, is_suppressed in zip(sound, suppressed_rows([each.reading for each in sound]), strict=True):
        each.is_suppressed = is_suppressed
        person = next((known[found] for found in _people_of(each, owners)), None)
        added = additions_of(person, each.reading, each.reached, choices, is_suppressed=is_suppressed)
        each.changes = added.names()
        each.verdict = (
            RowVerdict.NEW if person is None else RowVerdict.UPDATE if each.changes else RowVerdict.UNCHANGED
        )  # fmt: skip


def _people_of(each: Judged, owners: Mapping[Key, uuid.UUID]) -> set[uuid.UUID]:
    return {owners[key] for key, _reached in each.reached if key in owners}


def _first_of_each(import_id: uuid.UUID, sound: Sequence[Judged], owners: Mapping[Key, uuid.UUID]) -> list[Judged]:
    """Those that are nobody of a row above; the others are marked as doubles of it.

    They share a way to reach somebody with it, or reach the same known person by another one: where known values are
    overwritten, two rows would take turns, and the same list again would change what it had made.
    """
    packed = {
        each.row.number: [_packed(key) for key, _reached in each.reached]
        + [_PERSON + person.bytes for person in _people_of(each, owners)]
        for each in sound
    }
    statement = select(PeopleImportKey.key, PeopleImportKey.row_number).where(
        PeopleImportKey.import_id == import_id,
        PeopleImportKey.key.in_({key for keys in packed.values() for key in keys}),
    )
    claimed: dict[bytes, int] = {row.key: row.row_number for row in session.execute(statement)}
    new: list[tuple[uuid.UUID, bytes, int]] = []
    kept = []
    for each in sound:
        number = each.row.number
        found = [claimed[key] for key in packed[number] if key in claimed]
        if found:
            each.verdict = RowVerdict.DUPLICATE
            each.problems.add(NOTE, "", N_("The same person as in row %(row)s."), row=min(found))
            continue
        kept.append(each)
        claimed.update(dict.fromkeys(packed[number], number))
        new += [(import_id, key, number) for key in packed[number]]
    copy_rows(PeopleImportKey, ("import_id", "key", "row_number"), new)
    return kept


_KINDS = {kind.value: bytes([place]) for place, kind in enumerate(IdentityKind)}
_PERSON = b"\xff"


def _packed(key: Key) -> bytes:
    return _KINDS[key[0]] + key[1]


def _note_new_tags(import_: PeopleImport, judged: Sequence[Judged]) -> None:
    named = {tag.lower(): tag for each in judged if each.verdict in APPLICABLE for tag in each.reading.tags}
    named = {plain: tag for plain, tag in named.items() if plain not in {each.lower() for each in import_.new_tags}}
    if not named:
        return
    there = set(session.scalars(select(func.lower(Tag.name)).where(func.lower(Tag.name).in_(named))))
    import_.new_tags = [*import_.new_tags, *(tag for plain, tag in named.items() if plain not in there)]
    if len(import_.new_tags) > MOST_NEW_TAGS:
        raise TooManyTags(N_("This file would make more than 100 new tags. Is it the right column?"))


_COLUMNS = (
    "id", "import_id", "row_number", "cells_sealed", "reading_sealed", "problems", "changes", "is_suppressed",
    "verdict", "outcome",
)  # fmt: skip


def _store(import_id: uuid.UUID, judged: Sequence[Judged]) -> None:
    copy_rows(PeopleImportRow, _COLUMNS, (_stored(import_id, each) for each in judged))


def _stored(import_id: uuid.UUID, each: Judged) -> tuple[object, ...]:
    row, cells, reading = uuid.uuid4(), None, None
    if each.problems.found:
        cells = CELLS.seal(SCOPE, row, json.dumps(each.row.cells, ensure_ascii=False))
    if each.verdict in APPLICABLE:
        reading = READING.seal(SCOPE, row, json.dumps(each.reading.columns(), ensure_ascii=False))
    return (
        row, import_id, each.row.number, cells, reading, Jsonb(each.problems.found), Jsonb(each.changes),
        each.is_suppressed, each.verdict.value, "",
    )  # fmt: skip
