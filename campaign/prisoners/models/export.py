"""Exports of people who are not public: asked for by one person, approved by another, open to the asker for a day."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base


class PrisonerExport(Base):
    """One export of everybody, drafts and hidden people too (SAFETY.md 13)."""

    __tablename__ = "prisoner_export"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("asked_by <> decided_by", name="two_persons"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        CheckConstraint("NOT is_approved OR decided_by IS NOT NULL", name="approved_by_somebody"),
        Index("ix_prisoner_export_asked_at", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    is_approved: Mapped[bool] = mapped_column(default=False)
