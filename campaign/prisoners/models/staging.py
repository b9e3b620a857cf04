"""Imports before anybody has looked at them: nothing here is public, and a whole import can be taken back."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class ImportState(StrEnum):
    """uploaded > mapped > staging > staged > applying > applied > reverting > reverted; failed from any.

    Stopping the staging makes it cancelled; stopping the application makes it staged again, and it can go on.
    """

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    STAGING = "staging"
    STAGED = "staged"
    APPLYING = "applying"
    APPLIED = "applied"
    REVERTING = "reverting"
    CANCELLED = "cancelled"
    REVERTED = "reverted"
    FAILED = "failed"


class PrisonerImport(Base):
    """One file, what its columns mean, and how far it has come."""

    __tablename__ = "prisoner_import"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), name="state_known"),
        CheckConstraint("file_digest ~ '^[0-9a-f]{64}$'", name="digest_shape"),
        Index("ix_prisoner_import_made_at", "made_at"),
        Index("ix_prisoner_import_file_digest", "file_digest"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    file_name: Mapped[str]
    file_digest: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    """The file itself, erased once it is staged."""
    headers: Mapped[list[str]]
    mapping: Mapped[dict[str, Any]]
    """Header > field."""
    source_title: Mapped[str]
    source_url: Mapped[str] = mapped_column(default="")
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_staged: Mapped[int] = mapped_column(default=0)
    """The number of the last staged row: the cursor from which an interrupted run goes on."""
    rows_applied: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    applied_by: Mapped[uuid.UUID | None]
    """Who let it loose on the registry; a change of a published person needs somebody else besides."""
    applied_at: Mapped[datetime | None]
    reverted_by: Mapped[uuid.UUID | None]
    reverted_at: Mapped[datetime | None]


class RowVerdict(StrEnum):
    """What is to become of a staged row."""

    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    UNSURE = "unsure"
    DUPLICATE = "duplicate"
    INVALID = "invalid"
    SKIP = "skip"


class RowOutcome(StrEnum):
    """What has become of it: none yet; made or changed somebody; waits for a second person; refused; undone or left."""

    NONE = ""
    MADE = "made"
    CHANGED = "changed"
    WAITS = "waits"
    REFUSED = "refused"
    UNDONE = "undone"
    LEFT = "left"


class PrisonerImportRow(Base):
    """One line of the file: as it came, as it was read, and whom it may mean."""

    __tablename__ = "prisoner_import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "row_number"),
        CheckConstraint(one_of("verdict", RowVerdict), name="verdict_known"),
        CheckConstraint(one_of("outcome", RowOutcome), name="outcome_known"),
        CheckConstraint("row_number >= 2", name="after_header"),
        # What is found in the file a second time.
        Index("ix_prisoner_import_row_match_key", "import_id", "match_key"),
        Index("ix_prisoner_import_row_outcome", "import_id", "outcome", "row_number"),
        Index("ix_prisoner_import_row_verdict", "import_id", "verdict", "row_number"),
        Index(
            "ix_prisoner_import_row_applied", "prisoner_id", postgresql_where=text("applied_at IS NOT NULL"),
        ),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner_import.id", ondelete="CASCADE"))
    row_number: Mapped[int]
    """A spreadsheet's: the header is row 1."""
    raw: Mapped[dict[str, Any]]
    edited: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Cells that somebody corrected here; they go before those of the file."""
    confirmed: Mapped[list[str]] = mapped_column(default=list)
    """Fields that somebody looked at and took as they are (an article that the register does not know)."""
    parsed: Mapped[dict[str, Any]]
    problems: Mapped[list[dict[str, Any]]]
    """Each {"field", "message", "values", "level"}; a row with one of level "error" is not applied."""
    candidates: Mapped[list[dict[str, Any]]]
    """Each {"prisoner" or "row", "score", "why"}, best first."""
    changes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What applying it would change, each {"field", "was", "now"}."""
    match_key: Mapped[str] = mapped_column(default="")
    verdict: Mapped[str]
    decided_by: Mapped[uuid.UUID | None]
    """Who chose the verdict; None where the program did."""
    outcome: Mapped[str] = mapped_column(default=RowOutcome.NONE)
    prisoner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner.id", ondelete="SET NULL"))
    """Whom it was matched to, or who was made from it."""
    applied_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any]]
    """What undoing brings back: what stood in each changed field, or which version of the person the row has made."""
