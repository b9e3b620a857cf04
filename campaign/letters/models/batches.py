"""What leaves together: batches, their documents, return addresses, and how long each channel takes."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.letters.models.words import BatchState, DocumentKind

DOCUMENT = Field("batch_document", "content_sealed")


class LetterBatch(Base):
    """Letters by one channel to one facility that are printed, or typed into a service, and leave together."""

    __tablename__ = "letter_batch"
    __table_args__ = (
        CheckConstraint(one_of("state", BatchState), name="state_known"),
        CheckConstraint("(state IN ('posted', 'reconciled')) = (posted_on IS NOT NULL)", name="posted_on_a_day"),
        CheckConstraint("(state = 'reconciled') = (reconciled_on IS NOT NULL)", name="reconciled_on_a_day"),
        Index("ix_letter_batch_open", "facility_id", postgresql_where=text("state NOT IN ('reconciled', 'cancelled')")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """What people call it by."""
    channel: Mapped[str]
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id"))
    relay_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("relay.id"))
    """The return address; none for an e-letter service."""
    state: Mapped[str] = mapped_column(default=BatchState.LOCKED)
    letters: Mapped[int]
    """How many were locked in; those that fell out since are told by their events."""
    rendered: Mapped[int] = mapped_column(default=0)
    """Letters rendered so far, for the progress."""
    documents_version: Mapped[int] = mapped_column(default=1)
    """Grows with each reprint; documents of older versions are deleted."""
    locked_by: Mapped[uuid.UUID | None]
    locked_on: Mapped[date]
    posted_on: Mapped[date | None]
    reconciled_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class BatchEvent(Base):
    """One step of a batch. Append-only."""

    __tablename__ = "letter_batch_event"
    __table_args__ = (
        CheckConstraint(one_of("now", BatchState), name="now_known"),
        Index("ix_letter_batch_event_batch_id", "batch_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter_batch.id", ondelete="CASCADE"))
    was: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")


class BatchDocument(Base):
    """A part of what is printed of a batch, as PDF, sealed; goes when the batch is reconciled or cancelled."""

    __tablename__ = "batch_document"
    __table_args__ = (
        CheckConstraint(one_of("kind", DocumentKind), name="kind_known"),
        UniqueConstraint("batch_id", "documents_version", "kind", "part"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter_batch.id", ondelete="CASCADE"))
    documents_version: Mapped[int]
    kind: Mapped[str]
    part: Mapped[int]
    """From 1: a batch is rendered in parts, each in a transaction of its own, so that memory stays flat and a killed
    worker loses one part."""
    letters: Mapped[int]
    content_sealed: Mapped[bytes]
    made_on: Mapped[date]


class Relay(Base):
    """An address to which answers go: a group's, or the organisation's. Never a writer's own."""

    __tablename__ = "relay"
    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        Index("uq_relay_default", "is_default", unique=True, postgresql_where=text("is_default")),
        # Whose letter box it is must not outlive us (emergency wipe).
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    """As it stands on the envelope: a person's or a box's name, never ours (PRODUCT.md, "The look")."""
    lines: Mapped[list[str]]
    country: Mapped[str]
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pen_group.id", ondelete="SET NULL"), index=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    changed_by: Mapped[uuid.UUID | None]
    changed_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class LetterDeadline(Base):
    """How many days after dispatch a letter by one channel is presumed to be delivered, or lost; staff set it."""

    __tablename__ = "letter_deadline"
    __table_args__ = (
        CheckConstraint("days BETWEEN 1 AND 365", name="days_in_range"),
        CheckConstraint("becomes IN ('presumed', 'lost')", name="becomes_known"),
    )

    channel: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]
    becomes: Mapped[str]
    """presumed where nobody reports what arrives; lost where the service would have said so."""
    changed_by: Mapped[uuid.UUID | None]
    changed_on: Mapped[date]


class LetterStat(Base):
    """What was learned of one facility and channel in the last year; rebuilt every night."""

    __tablename__ = "letter_stat"

    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    sent: Mapped[int]
    reported: Mapped[int]
    presumed: Mapped[int]
    returned: Mapped[int]
    censored: Mapped[int]
    lost: Mapped[int]
    replies: Mapped[int]
    median_days: Mapped[int | None]
    """From dispatch to the report of delivery, or to the answer where that is all we know."""
    counted_on: Mapped[date]


class RuleAdjustment(Base):
    """What one rule of the checker means for letters to one facility, where it was learned to differ."""

    __tablename__ = "letter_rule_adjustment"
    __table_args__ = (
        CheckConstraint("rule ~ '^L[0-9]{2}$'", name="rule_shape"),
        CheckConstraint("becomes IN ('block', 'warn', 'info', 'off')", name="becomes_known"),
        CheckConstraint("reason <> ''", name="has_reason"),
    )

    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    becomes: Mapped[str]
    reason: Mapped[str]
    set_by: Mapped[uuid.UUID | None]
    set_on: Mapped[date]
