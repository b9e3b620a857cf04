"""Tables of staff's work on signatures: what was set aside, and what was exported."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base
from campaign.kernel.exports import ByTwoPersons


class InvalidationState(StrEnum):
    """asked > running > done | cancelled > undoing > undone."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


class SignatureInvalidation(Base):
    """One act of setting signatures aside by criteria: what was chosen, how far it is, and who answers for it."""

    __tablename__ = "signature_invalidation"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'running', 'done', 'cancelled', 'undoing', 'undone')", name="state_known"),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("restored + left_alone <= changed", name="undone_at_most_what_was_done"),
        CheckConstraint("(cursor_bucket IS NULL) = (cursor_index IS NULL)", name="cursor_whole"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    criteria: Mapped[dict[str, Any]]
    state: Mapped[str]
    planned: Mapped[int]
    """How many the dry run found when it was asked for."""
    changed: Mapped[int]
    restored: Mapped[int]
    left_alone: Mapped[int]
    """How many the undo did not touch, because they had changed or gone meanwhile."""
    cursor_bucket: Mapped[int | None] = mapped_column(SmallInteger)
    cursor_index: Mapped[bytes | None]
    actor_id: Mapped[uuid.UUID]
    reason: Mapped[str]
    asked_at: Mapped[datetime]


class SignatureInvalidationItem(Base):
    """One signature that an invalidation changed, and what it was before: undo restores these and no other."""

    __tablename__ = "signature_invalidation_item"
    __table_args__ = (
        CheckConstraint("former_state IN ('pending', 'confirmed')", name="former_state_known"),
        Index(
            "ix_signature_invalidation_item_open", "invalidation_id", "bucket", "signature_id",
            postgresql_where=text("NOT is_settled"),
        ),
        {"info": SUPPORTER},
    )  # fmt: skip

    invalidation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("signature_invalidation.id", ondelete="CASCADE"), primary_key=True
    )
    signature_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(SmallInteger)
    former_state: Mapped[str]
    is_settled: Mapped[bool]
    """Whether the undo has dealt with it."""


class ExportKind(StrEnum):
    """What an export holds: signatures without contact data, or addresses of who asked for updates."""

    SIGNATURES = "signatures"
    UPDATES = "updates"


class SignatureExport(ByTwoPersons, Base):
    """One export: asked for by one person, approved by another, open to the asker for a day."""

    __tablename__ = "signature_export"
    __table_args__ = (
        CheckConstraint("kind IN ('signatures', 'updates')", name="kind_known"),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("asked_by <> decided_by", name="two_persons"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        CheckConstraint("NOT is_approved OR decided_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("parts BETWEEN 1 AND 256", name="parts_in_range"),
        {"info": SUPPORTER},
    )

    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
