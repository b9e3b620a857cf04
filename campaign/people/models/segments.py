"""Segments: who is meant by some steps, how many that were when they were counted, and who was in when it was used."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of

LONGEST_SEGMENT_TITLE, LONGEST_USE = 80, 120


class Segment(Base):
    """Steps that add people, take some away, or keep so many of them; nobody's id stands in it."""

    __tablename__ = "segment"
    __table_args__ = (
        CheckConstraint(f"title <> '' AND length(title) <= {LONGEST_SEGMENT_TITLE}", name="title_length"),
        CheckConstraint("jsonb_typeof(tree -> 'steps') = 'array' AND tree ? 'version'", name="tree_shape"),
        Index("ix_segment_title", text("lower(title)")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    """None: whoever made it is gone, and it belongs to all who may read people."""
    title: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(default=False)
    tree: Mapped[dict[str, Any]]
    """As queries/segment_tree.py writes it, with its version."""
    previous: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """How it was before the last change, so that the change can be taken back."""
    archived_on: Mapped[date | None]
    """Put away; nothing is deleted."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_on: Mapped[date]
    changed_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def is_open_to_all(self) -> bool:
        """Whether everybody who may read people sees it."""
        return self.is_shared or self.owner_id is None


class CountState(StrEnum):
    """waiting > done | failed, and waiting again."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class SegmentCount(Base):
    """How many people a segment has for one audience: everybody's, or those of some groups alone."""

    __tablename__ = "segment_count"
    __table_args__ = (
        UniqueConstraint("segment_id", "audience"),
        CheckConstraint(one_of("state", CountState), name="state_known"),
        CheckConstraint("state <> 'done' OR (total IS NOT NULL AND counted_at IS NOT NULL)", name="done_is_counted"),
        CheckConstraint("(state = 'failed') = (error <> '')", name="failed_with_reason"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    segment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    audience: Mapped[str]
    """Ids of groups, sorted, with commas between; empty: everybody."""
    state: Mapped[str]
    total: Mapped[int | None]
    """Of the last count; it stays while a newer one waits."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """One a step: {"own", "after"}."""
    tree: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What was counted: the figures belong to these steps."""
    error: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]
    took_ms: Mapped[int | None]


class SegmentFreeze(Base):
    """Who was in a segment at the moment in which it was used; kept for 180 days."""

    __tablename__ = "segment_freeze"
    __table_args__ = (
        CheckConstraint(f"purpose <> '' AND length(purpose) <= {LONGEST_USE}", name="purpose_length"),
        Index("ix_segment_freeze_segment_id", "segment_id", "frozen_at"),
        Index("ix_segment_freeze_frozen_at", "frozen_at"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    segment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("segment.id", ondelete="SET NULL"))
    title: Mapped[str]
    """The segment's, as it was."""
    purpose: Mapped[str]
    """What it was used for, in a few words of whoever or whatever used it."""
    tree: Mapped[dict[str, Any]]
    audience: Mapped[str]
    total: Mapped[int]
    made_by: Mapped[uuid.UUID | None]
    frozen_at: Mapped[datetime]


class SegmentMember(Base):
    """One who was in."""

    __tablename__ = "segment_member"
    __table_args__ = (Index("ix_segment_member_person_id", "person_id"), {"info": SUPPORTER})

    freeze_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("segment_freeze.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
