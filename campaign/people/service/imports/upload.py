"""A file comes in piece by piece, its columns are guessed, and somebody says what they mean and on which ground."""

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete, select

from campaign.kernel import audit, clock, jobs
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.tables import BadTable, Bounds, Table, open_file
from campaign.kernel.text import one_line
from campaign.people.jobs import CheckPeopleImport
from campaign.people.models import (
    SCOPE,
    Basis,
    ImportState,
    PeopleImport,
    PeopleImportKey,
    PeopleImportRow,
)
from campaign.people.service.imports import chunks, fields
from campaign.people.service.records import LONGEST_SOURCE

LARGEST_FILE, LARGEST_WORKBOOK, MOST_ROWS = 100 * 1024**2, 10 * 1024**2, 500_000
BOUNDS = Bounds(LARGEST_FILE, LARGEST_WORKBOOK, MOST_ROWS)
LONGEST_WORDS = 2_000
BEGUN = frozenset({ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED, ImportState.APPLYING})
"""States of an import that is not finished: the same file again goes on with it."""
_IS_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|\+?\d[\d\s().-]{6,}")


class BadBasis(DomainError):
    """The ground is not told, or not told completely."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What whoever brings a list says of it."""

    source: str = ""
    basis: Basis = Basis.NONE
    basis_on: date | None = None
    basis_words: str = ""
    language: str = "ru"
    country: str = ""
    overwrites: bool = False
    may_call: bool = False
    """Whether they agreed on that day to be called as well."""


class Receiving:
    """A file on its way in. Each piece is kept at once; the file counts only when it is complete."""

    def __init__(self, import_id: uuid.UUID) -> None:
        self.import_id = import_id
        self.size = 0
        self._number = 0
        self._digest = hashlib.sha256()

    def keep(self, piece: bytes) -> None:
        """Keep the next piece in the open transaction. Raises BadTable where the file grows beyond its limit."""
        self.size += len(piece)
        if self.size > LARGEST_FILE:
            raise BadTable(N_("This file is larger than %(most)s MB. Split it."), most=LARGEST_FILE // 1024**2)
        self._digest.update(piece)
        chunks.keep_piece(self.import_id, self._number, piece)
        self._number += 1

    @property
    def file_index(self) -> bytes:
        """What recognises the very same file."""
        keyring.ensure(SCOPE)
        return blind_index(SCOPE, f"file:{self._digest.hexdigest()}")


def begin_receiving(*, actor: uuid.UUID | None) -> Receiving:
    """Make room for a file; what never becomes complete is erased within a day."""
    made = PeopleImport(
        id=uuid.uuid4(), state=ImportState.RECEIVING, file_name="", made_by=actor, made_at=clock.now()
    )  # fmt: skip
    session.add(made)
    session.flush()
    return Receiving(made.id)


def give_up_receiving(import_id: uuid.UUID) -> None:
    """Erase what has come of a file that is not taken."""
    session.execute(
        delete(PeopleImport).where(PeopleImport.id == import_id, PeopleImport.state == ImportState.RECEIVING)
    )


def take_file(received: Receiving, name: str, *, actor: uuid.UUID | None) -> tuple[PeopleImport, Table]:
    """A complete file with its columns guessed. The same file again gives the import that is not finished yet.

    Raises BadTable: then the caller gives the file up.
    """
    table = open_file(chunks.opener(received.import_id), received.size, BOUNDS)
    _check_headings(table.headings)
    index = received.file_index
    known = session.scalar(
        select(PeopleImport).where(PeopleImport.file_index == index, PeopleImport.state.in_(BEGUN)).limit(1)
    )
    if known is not None:
        give_up_receiving(received.import_id)
        return known, table
    made = get_import(received.import_id, locked=True)
    made.file_name = one_line(name, 200) or "table"
    made.state, made.file_index, made.size = ImportState.UPLOADED, index, received.size
    made.headers, made.mapping = list(table.headings), fields.propose_mapping(table.headings)
    made.rows_total, made.has_merged = table.total, table.has_merged
    session.flush()
    audit.record("people.import_uploaded", actor=actor, about=f"people-import:{made.id}", amount=table.total)
    return made, table


def open_again(import_: PeopleImport) -> Table:
    """The file of an import as a table."""
    return open_file(chunks.opener(import_.id), import_.size, BOUNDS)


def get_import(import_id: uuid.UUID, *, locked: bool = False) -> PeopleImport:
    """One import that has come in. Raises NotFound."""
    options = {"with_for_update": True, "populate_existing": True} if locked else {}
    found = session.get(PeopleImport, import_id, **options)  # type: ignore[arg-type]
    if found is None:
        raise NotFound
    return found


def choose(
    import_: PeopleImport, mapping: Mapping[str, str], choices: Choices, *, actor: uuid.UUID | None
) -> None:  # fmt: skip
    """Say what the columns mean and on which ground the people are kept. Raises BadMapping, BadBasis, Conflict.

    What was checked under other choices is checked anew.
    """
    if import_.state not in {ImportState.UPLOADED, ImportState.CHECKED} or import_.rows_applied:
        raise Conflict(N_("The rows of this file are at work already."))
    chosen, said = fields.checked_mapping(import_.headers, mapping), _checked(choices)
    if import_.rows_read and (chosen != import_.mapping or said != choices_of(import_)):
        forget_rows(import_)
    import_.mapping = chosen
    for name in Choices.__dataclass_fields__:
        setattr(import_, name, getattr(said, name))
    import_.state = ImportState.UPLOADED
    session.flush()
    fields.remember_mapping(import_.headers, chosen)
    audit.record("people.import_basis", actor=actor, about=f"people-import:{import_.id}", reason=said.basis)


def choices_of(import_: PeopleImport) -> Choices:
    """What was said of a list."""
    values = {name: getattr(import_, name) for name in Choices.__dataclass_fields__}
    return Choices(**{**values, "basis": Basis(import_.basis)})


def begin_check(import_: PeopleImport, *, actor: uuid.UUID | None, by_job: bool = True) -> None:
    """Let the rows be read; one that was stopped goes on. Raises Conflict."""
    if import_.state == ImportState.CHECKING and by_job:
        return
    if import_.state not in {ImportState.UPLOADED, ImportState.CHECKING} or not import_.source:
        raise Conflict(N_("Say first what the columns mean and where the list is from."))
    import_.state = ImportState.CHECKING
    session.flush()
    if by_job:
        jobs.enqueue(CheckPeopleImport(str(import_.id)))
    audit.record("people.import_checking", actor=actor, about=f"people-import:{import_.id}")


def stop(import_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """Stop after the batch at hand; it can go on later. Safe to press twice: False then."""
    import_ = get_import(import_id, locked=True)
    before = {ImportState.CHECKING: ImportState.UPLOADED, ImportState.APPLYING: ImportState.CHECKED}
    if import_.state not in before:
        return False
    import_.state = before[ImportState(import_.state)]
    session.flush()
    audit.record("people.import_stopped", actor=actor, about=f"people-import:{import_.id}")
    return True


def give_up(import_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Erase a file of which nothing was applied, with all that was read of it. Raises Conflict."""
    import_ = get_import(import_id, locked=True)
    if import_.state == ImportState.CANCELLED:
        return
    if import_.state not in {ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED} or import_.rows_applied:
        raise Conflict(N_("It is at work, or some of it was applied. Stop it, or take it back."))
    forget_rows(import_)
    chunks.forget_pieces(import_.id)
    import_.state = ImportState.CANCELLED
    session.flush()
    audit.record("people.import_given_up", actor=actor, about=f"people-import:{import_.id}")


def forget_rows(import_: PeopleImport) -> None:
    """Forget what was read of a file, so that it can be read anew."""
    for table in (PeopleImportRow, PeopleImportKey):
        session.execute(delete(table).where(table.import_id == import_.id))
    import_.rows_read, import_.new_tags = 0, []


def _checked(choices: Choices) -> Choices:
    source, words = one_line(choices.source, LONGEST_SOURCE), choices.basis_words.strip()
    if not source:
        raise BadBasis(N_("Say where this list is from."))
    if choices.basis is Basis.NONE and not choices.may_call:
        return replace(choices, source=source, basis_on=None, basis_words="")
    if choices.basis_on is None or choices.basis_on > clock.today():
        raise BadBasis(N_("Give the day on which they agreed, or since when they are members; not one in the future."))
    if choices.basis is Basis.ASKED and not words:
        raise BadBasis(N_("Give the words that they agreed to, as they stood on the form."))
    if len(words) > LONGEST_WORDS:
        raise BadBasis(N_("The words have at most 2,000 characters."))
    return replace(choices, source=source, basis_words=words if choices.basis is Basis.ASKED else "")


def _check_headings(headings: Sequence[str]) -> None:
    # Headings are kept in the open. A first row that holds somebody's address is not one of headings.
    if any(_IS_CONTACT.search(heading) for heading in headings):
        raise BadTable(N_("The first row holds an address or a number. It must hold the headings of the columns."))
