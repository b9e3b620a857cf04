"""Imports before anybody has looked at them: nothing here is public, and a whole import can be taken back."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base, one_of


class ImportState(StrEnum):
    """uploaded > mapped > staging > staged > applying > applied > reverted; failed from any."""

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    STAGING = "staging"
    STAGED = "staged"
    APPLYING = "applying"
    APPLIED = "applied"
    REVERTED = "reverted"
    FAILED = "failed"


class PrisonerImport(Base):
    """One file, what its columns mean, and how far it has come."""

    __tablename__ = "prisoner_import"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), name="state_known"),
        CheckConstraint("file_digest ~ '^[0-9a-f]{64}$'", name="digest_shape"),
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
    """Also the cursor from which an interrupted run goes on."""
    rows_applied: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    reverted_at: Mapped[datetime | None]


class RowVerdict(StrEnum):
    """What is to become of a staged row."""

    NEW = "new"
    UPDATE = "update"
    UNSURE = "unsure"
    DUPLICATE = "duplicate"
    INVALID = "invalid"
    SKIP = "skip"


class PrisonerImportRow(Base):
    """One line of the file: as it came, as it was read, and whom it may mean."""

    __tablename__ = "prisoner_import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "row_number"),
        CheckConstraint(one_of("verdict", RowVerdict), name="verdict_known"),
        CheckConstraint("row_number >= 2", name="after_header"),
        Index("ix_prisoner_import_row_verdict", "import_id", "verdict", "row_number"),
        Index(
            "ix_prisoner_import_row_applied", "prisoner_id", postgresql_where=text("applied_at IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner_import.id", ondelete="CASCADE"))
    row_number: Mapped[int]
    """A spreadsheet's: the header is row 1."""
    raw: Mapped[dict[str, Any]]
    parsed: Mapped[dict[str, Any]]
    problems: Mapped[list[dict[str, Any]]]
    """Each {"field", "message", "level"}."""
    candidates: Mapped[list[dict[str, Any]]]
    """Each {"prisoner", "score", "why"}, best first."""
    verdict: Mapped[str]
    prisoner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner.id", ondelete="SET NULL"))
    """Whom it was matched to, or who was made from it."""
    applied_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any]]
    """What undoing brings back; empty where the row made somebody new."""
