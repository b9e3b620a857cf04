"""Lists of people that leave: who asked for whom, who approved it, and in which order they stand."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base
from campaign.kernel.exports import ByTwoPersons


class PeopleExport(ByTwoPersons, Base):
    """One list: asked for by one person, approved by another, open to the asker for a day."""

    __tablename__ = "people_export"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("asked_by <> decided_by", name="two_persons"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        CheckConstraint("NOT is_approved OR decided_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("parts BETWEEN 1 AND 256", name="parts_in_range"),
        Index("ix_people_export_asked_at", "asked_at"),
        {"info": SUPPORTER},
    )

    about: Mapped[str]
    """Who is in it, in words that name nobody."""
    columns: Mapped[list[str]]
    count: Mapped[int]


class PeopleExportItem(Base):
    """One person of a list. It is fixed when it is asked for, so that the second person approves what is downloaded."""

    __tablename__ = "people_export_item"
    __table_args__ = ({"info": SUPPORTER},)

    export_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people_export.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """In a random order, never by time (SAFETY.md 18)."""
    person_id: Mapped[uuid.UUID]
    """No foreign key: who is gone by the time of the download is left out."""
