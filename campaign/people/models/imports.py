"""Lists of people that staff bring in: the file in sealed pieces, what each row is, and what undoing needs."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

CHUNK = Field("people_import_chunk", "content_sealed")
CELLS = Field("people_import_row", "cells_sealed")
READING = Field("people_import_row", "reading_sealed")
MEMORY = Field("people_import_row", "memory_sealed")


class ImportState(StrEnum):
    """receiving > uploaded > checking > checked > applying > applied > reverting > reverted; failed from any.

    Stopping the check makes it uploaded, stopping the application checked: both can go on where they were.
    """

    RECEIVING = "receiving"
    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    REVERTING = "reverting"
    REVERTED = "reverted"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Basis(StrEnum):
    """On which ground we may write to the people of a list."""

    ASKED = "asked"
    """They asked for news, on a form or on paper, on a day and in words that are given."""
    MEMBER = "member"
    """They are members of ours since a day that is given."""
    NONE = "none"
    """None: nobody is mailed."""


class PeopleImport(Base):
    """One file, what its columns mean, on which ground its people are kept, and how far it has come."""

    __tablename__ = "people_import"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), name="state_known"),
        CheckConstraint(one_of("basis", Basis), name="basis_known"),
        CheckConstraint("basis = 'none' OR basis_on IS NOT NULL", name="basis_has_day"),
        CheckConstraint("basis <> 'asked' OR basis_words <> ''", name="asked_in_words"),
        CheckConstraint("NOT may_call OR basis_on IS NOT NULL", name="calls_have_day"),
        Index("ix_people_import_made_at", "made_at"),
        Index("ix_people_import_file_index", "file_index"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    file_name: Mapped[str]
    file_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What recognises the very same file: a blind index, so that nobody can test the database for a list they hold."""
    size: Mapped[int] = mapped_column(default=0)
    headers: Mapped[list[str]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Header > field."""
    has_merged: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default=Basis.NONE)
    basis_on: Mapped[date | None]
    basis_words: Mapped[str] = mapped_column(default="")
    may_call: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether they agreed on that day to be called as well: else no number is kept (SAFETY.md 1)."""
    language: Mapped[str] = mapped_column(default="ru")
    """To write in, where the row says none."""
    country: Mapped[str] = mapped_column(default="")
    """Of which telephone numbers without + are taken to be; empty: of none."""
    overwrites: Mapped[bool] = mapped_column(default=False)
    """Whether what the file says goes before what is known."""
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    """The number of the last row that was checked: the cursor from which an interrupted check goes on."""
    rows_applied: Mapped[int] = mapped_column(default=0)
    new_tags: Mapped[list[str]] = mapped_column(default=list)
    """Tags that nobody carries yet; once applied, those that were made."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How the rows ended, kept when they are erased."""
    error: Mapped[str] = mapped_column(default="")
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    applied_by: Mapped[uuid.UUID | None]
    applied_at: Mapped[datetime | None]
    reverted_by: Mapped[uuid.UUID | None]
    reverted_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)


class PeopleImportChunk(Base):
    """A piece of a file, sealed; erased when its rows are applied or given up."""

    __tablename__ = "people_import_chunk"
    __table_args__ = (UniqueConstraint("import_id", "number"), {"info": SUPPORTER})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    content_sealed: Mapped[bytes]


class RowVerdict(StrEnum):
    """What a row is."""

    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    """Known, with nothing to add."""
    DUPLICATE = "duplicate"
    """The same person as in a row above."""
    CONFLICT = "conflict"
    """Its ways to reach somebody belong to two people."""
    INVALID = "invalid"


class RowOutcome(StrEnum):
    """What has become of it: none yet; made or changed somebody; not applied after all; undone, or left."""

    NONE = ""
    MADE = "made"
    CHANGED = "changed"
    REFUSED = "refused"
    UNDONE = "undone"
    LEFT = "left"


class PeopleImportRow(Base):
    """One row: the verdict in the open, all that it says of somebody sealed; deleted 30 days after it came."""

    __tablename__ = "people_import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "row_number"),
        CheckConstraint(one_of("verdict", RowVerdict), name="verdict_known"),
        CheckConstraint(one_of("outcome", RowOutcome), name="outcome_known"),
        CheckConstraint("row_number >= 2", name="after_header"),
        Index("ix_people_import_row_verdict", "import_id", "verdict", "row_number"),
        Index(
            "ix_people_import_row_waiting", "import_id", "row_number",
            postgresql_where=text("outcome = '' AND verdict IN ('new', 'update')"),
        ),
        Index("ix_people_import_row_outcome", "import_id", "outcome", "row_number"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people_import.id", ondelete="CASCADE"))
    row_number: Mapped[int]
    """A spreadsheet's: the header is row 1."""
    cells_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The cells as they came, of rows with problems: for the file of problems."""
    reading_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was read of them, of rows that can be applied."""
    problems: Mapped[list[dict[str, Any]]]
    """Each {"field", "message", "values", "level"}, without a word of the row."""
    changes: Mapped[list[str]]
    """The fields that it would fill or change."""
    is_suppressed: Mapped[bool]
    """Whether the address must not be mailed: then the person is kept without consent."""
    verdict: Mapped[str]
    outcome: Mapped[str]
    person_id: Mapped[uuid.UUID | None]
    """Whom it made or changed. No foreign key: the record may go, and undoing looks whether it is there."""
    memory_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What undoing needs: what the row added, and what stood there before."""


class PeopleImportKey(Base):
    """By which row a way to reach somebody, or a known person, came first in a file."""

    __tablename__ = "people_import_key"
    __table_args__ = ({"info": SUPPORTER},)

    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people_import.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """The blind index behind one byte for its kind, or the known person's id behind 255."""
    row_number: Mapped[int]


class PeopleImportMapping(Base):
    """What the columns of a file with these headings meant last time."""

    __tablename__ = "people_import_mapping"
    __table_args__ = ({"info": SUPPORTER},)

    headings_key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    mapping: Mapped[dict[str, Any]]
    used_on: Mapped[date]
