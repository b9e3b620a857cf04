"""Two records that may be of one person: what was suggested, what was merged, and what undoing needs."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

SNAPSHOT = Field("person_merge", "snapshot_sealed")


class PersonMerge(Base):
    """One record that went into another; for 90 days with all that undoing needs."""

    __tablename__ = "person_merge"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
        CheckConstraint("undone_at IS NULL OR snapshot_sealed IS NULL", name="undone_keeps_nothing"),
        Index("uq_person_merge_loser_id", "loser_id", unique=True, postgresql_where=text("undone_at IS NULL")),
        Index("ix_person_merge_winner_id", "winner_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    winner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    """Where the two are now: moves on when that record goes into another."""
    loser_id: Mapped[uuid.UUID]
    """No foreign key: the record is gone."""
    snapshot_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The rows of both before and right after; None once it can be undone no more."""
    merged_by: Mapped[uuid.UUID]
    merged_at: Mapped[datetime]
    undone_by: Mapped[uuid.UUID | None]
    undone_at: Mapped[datetime | None]


class DoubleState(StrEnum):
    """pending <> dismissed. A pair that was merged goes with one of its records: PersonMerge tells of it."""

    PENDING = "pending"
    DISMISSED = "dismissed"


class DuplicateSuggestion(Base):
    """Two records that may be of one person. The reasons are words of code; names stand here in no form."""

    __tablename__ = "duplicate_suggestion"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="in_order"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_in_range"),
        CheckConstraint(one_of("state", DoubleState), name="state_known"),
        CheckConstraint("(state = 'dismissed') = (decided_on IS NOT NULL)", name="decided_with_day"),
        Index("ix_duplicate_suggestion_other_id", "other_id"),
        Index("ix_duplicate_suggestion_state", "state", "score", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    one_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    score: Mapped[int]
    reasons: Mapped[list[str]]
    state: Mapped[str] = mapped_column(default=DoubleState.PENDING)
    likeness: Mapped[bytes] = mapped_column(LargeBinary)
    """A keyed hash of the names and identities of both: when it changes, a dismissed pair is looked at anew."""
    run_id: Mapped[uuid.UUID]
    """The search that found it last."""
    decided_by: Mapped[uuid.UUID | None]
    decided_on: Mapped[date | None]


class DoublesRun(Base):
    """One search through everybody, in batches by id: where it is."""

    __tablename__ = "doubles_run"
    __table_args__ = (
        CheckConstraint("done >= 0 AND found >= 0", name="counts_fit"),
        Index("uq_doubles_run_open", text("(true)"), unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    started_by: Mapped[uuid.UUID | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    after_id: Mapped[uuid.UUID]
    """The last person that was compared."""
