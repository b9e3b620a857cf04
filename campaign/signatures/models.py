"""Tables of signatures and their counts."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import Base

EMAIL = Field("signature", "email_sealed")
NAME = Field("signature", "name_sealed")
PARTITIONS = 16


class SignatureState(StrEnum):
    """pending > confirmed > withdrawn | invalidated."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"


class Visibility(StrEnum):
    """The safety level a signer chose (SAFETY.md 18); counted only unless they say otherwise."""

    COUNT = "count"
    INITIALS = "initials"
    NAME = "name"


class Signature(Base):
    """One signature. Partitioned by `bucket`, which is the first byte of both the id and the blind index.

    So the unique key that makes an address count once and the id in a confirmation link each name the partition, one
    hot petition spreads over all of them, and an engine that distributes tables by a column can do so by this one.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("bucket", "petition_id", "address_index"),
        CheckConstraint("state IN ('pending', 'confirmed', 'withdrawn', 'invalidated')", name="state_known"),
        CheckConstraint("visibility IN ('count', 'initials', 'name')", name="visibility_known"),
        CheckConstraint("length(address_index) = 32", name="index_length"),
        CheckConstraint("country IS NULL OR country ~ '^[A-Z]{2}$'", name="country_shape"),
        # One that was set aside before its confirmation keeps its address, or setting aside could not be undone; it
        # goes with the unconfirmed ones after seven days.
        CheckConstraint("state IN ('pending', 'invalidated') OR email_sealed IS NULL", name="address_erased"),
        CheckConstraint("state = 'pending' OR visibility <> 'count' OR name_sealed IS NULL", name="name_erased"),
        Index("ix_signature_pending", "signed_on", postgresql_where=text("state = 'pending'")),
        Index(
            "ix_signature_set_aside", "signed_on",
            postgresql_where=text("state = 'invalidated' AND email_sealed IS NOT NULL"),
        ),
        Index("ix_signature_quarantined", "petition_id", postgresql_where=text("state = 'pending' AND is_quarantined")),
        # Few rows, and touched at confirmation only: signing itself pays for no index that it does not need.
        Index(
            "ix_signature_shown", "petition_id",
            postgresql_where=text("state = 'confirmed' AND visibility <> 'count'"),
        ),
        {"postgresql_partition_by": "HASH (bucket)"},
    )  # fmt: skip

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id"))
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str]
    is_quarantined: Mapped[bool]
    email_sealed: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    mail_domain: Mapped[str | None]
    """A large provider's name, or a mark that tells other domains apart without naming them (providers.py)."""
    country: Mapped[str | None]
    visibility: Mapped[str]
    wants_updates: Mapped[bool]
    consent_version: Mapped[str | None]
    language: Mapped[str]
    token_version: Mapped[int] = mapped_column(SmallInteger)
    signed_on: Mapped[date]
    confirmed_on: Mapped[date | None]
    reminded_on: Mapped[date | None]


class SignatureBlock(Base):
    """An address whose owner said "that was not me": it cannot be used for this petition again."""

    __tablename__ = "signature_block"

    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    since_on: Mapped[date]


class SpentProof(Base):
    """A proof of work or a waiting ticket that was used; kept until it would be too old anyway."""

    __tablename__ = "spent_proof"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    spent_on: Mapped[date]


class SignatureDelta(Base):
    """+1 or -1 that waits to be moved into the totals; appended in the transaction of its cause."""

    __tablename__ = "signature_delta"
    __table_args__ = (CheckConstraint("amount IN (-1, 1)", name="amount_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(index=True)
    amount: Mapped[int] = mapped_column(SmallInteger)
    country: Mapped[str | None]
    hour: Mapped[datetime]


class SignatureTotal(Base):
    """How many confirmed signatures a petition has, without the deltas still waiting."""

    __tablename__ = "signature_total"
    __table_args__ = (CheckConstraint("count >= 0", name="count_not_negative"),)

    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    count: Mapped[int]


class SignatureDay(Base):
    """Confirmed signatures of one petition by day and country ('' where none was given)."""

    __tablename__ = "signature_day"

    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class PublicName(Base):
    """A name that stays after the petition's keys are gone, because its owner chose to be named."""

    __tablename__ = "public_name"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]


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
        CheckConstraint("(cursor_bucket IS NULL) = (cursor_id IS NULL)", name="cursor_whole"),
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
    cursor_id: Mapped[uuid.UUID | None]
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


class SignatureExport(Base):
    """One export: asked for by one person, approved by another, open to the asker for a day."""

    __tablename__ = "signature_export"
    __table_args__ = (
        CheckConstraint("kind IN ('signatures', 'updates')", name="kind_known"),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("asked_by <> decided_by", name="two_persons"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        CheckConstraint("NOT is_approved OR decided_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("parts BETWEEN 1 AND 256", name="parts_in_range"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    is_approved: Mapped[bool]
    parts: Mapped[int] = mapped_column(SmallInteger)
    """Into how many files it is cut, so that one fits the hourly allowance."""


class Canary(Base):
    """An address that stands in one export and belongs to nobody: mail to it shows that the list has leaked."""

    __tablename__ = "canary"
    __table_args__ = (CheckConstraint("length(address_index) = 32", name="index_length"),)

    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    export_id: Mapped[uuid.UUID]
    """No foreign key: the trap outlives the petition and everything about it."""
    since_on: Mapped[date]
