"""Tables of signatures and their counts."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.arrivals import SHAPE_SQL
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base

EMAIL = Field("signature", "email_sealed")
NAME = Field("signature", "name_sealed")
OPTINS = Field("signature", "optins_sealed")


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
        # Id first: with the bucket first, a planner without statistics takes this key to look an address up by its
        # bucket alone, and reads a 256th of all signatures.
        PrimaryKeyConstraint("id", "bucket"),
        UniqueConstraint("bucket", "petition_id", "address_index"),
        CheckConstraint("state IN ('pending', 'confirmed', 'withdrawn', 'invalidated')", name="state_known"),
        CheckConstraint("visibility IN ('count', 'initials', 'name')", name="visibility_known"),
        CheckConstraint("length(address_index) = 32", name="index_length"),
        CheckConstraint("country IS NULL OR country ~ '^[A-Z]{2}$'", name="country_shape"),
        # One that was set aside before its confirmation keeps its address, or setting aside could not be undone; it
        # goes with the unconfirmed ones after seven days.
        CheckConstraint("state IN ('pending', 'invalidated') OR email_sealed IS NULL", name="address_erased"),
        CheckConstraint("state IN ('pending', 'invalidated') OR optins_sealed IS NULL", name="optins_passed_on"),
        CheckConstraint(
            f"arrived_by IS NULL OR (state IN ('pending', 'invalidated') AND {SHAPE_SQL})", name="arrival_erased"
        ),
        CheckConstraint("state = 'pending' OR visibility <> 'count' OR name_sealed IS NULL", name="name_erased"),
        Index("ix_signature_pending", "signed_on", postgresql_where=text("state = 'pending'")),
        Index(
            "ix_signature_set_aside", "signed_on",
            postgresql_where=text("state = 'invalidated' AND email_sealed IS NOT NULL"),
        ),
        Index("ix_signature_arrived_by", "arrived_by", postgresql_where=text("arrived_by IS NOT NULL")),
        Index("ix_signature_quarantined", "petition_id", postgresql_where=text("state = 'pending' AND is_quarantined")),
        # Few rows, and touched at confirmation only: signing itself pays for no index that it does not need. In the
        # order of the page's list, so that a page reads the names it shows and not all there are.
        Index(
            "ix_signature_shown", "petition_id", "bucket", "id",
            postgresql_where=text("state = 'confirmed' AND visibility <> 'count'"),
        ),
        {"postgresql_partition_by": "HASH (bucket)", "info": SUPPORTER},
    )  # fmt: skip

    bucket: Mapped[int] = mapped_column(SmallInteger, autoincrement=False)
    id: Mapped[uuid.UUID]
    # No foreign key: checking it locks the petition's row for each signature, which writes to that one row a thousand
    # times a second. A petition with signatures cannot be deleted (trigger petition_keeps_signatures).
    petition_id: Mapped[uuid.UUID]
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
    arrived_by: Mapped[str | None]
    """The code of the mailing that brought them, the same for all its readers; erased when they confirm."""
    optins_sealed: Mapped[bytes | None]
    """Which partners they ticked and what is passed on to those, until they confirm (service/passing_on.py)."""


class SignatureBlock(Base):
    """An address whose owner said "that was not me": it cannot be used for this petition again."""

    __tablename__ = "signature_block"
    __table_args__ = ({"info": SUPPORTER},)

    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    since_on: Mapped[date]


class SpentProof(Base):
    """A proof of work or a waiting ticket that was used; kept until it would be too old anyway."""

    __tablename__ = "spent_proof"
    __table_args__ = ({"info": SUPPORTER},)

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
    __table_args__ = ({"info": SUPPORTER},)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]


class PackState(StrEnum):
    """asked > ready."""

    ASKED = "asked"
    READY = "ready"


class DeliveryPack(Base):
    """A file to hand a petition over with: the count, the countries and the public names; deleted after a week."""

    __tablename__ = "delivery_pack"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'ready')", name="state_known"),
        CheckConstraint("file_format IN ('pdf', 'csv', 'xlsx')", name="format_known"),
        CheckConstraint("language IN ('en', 'ru', 'de')", name="language_known"),
        CheckConstraint("(state = 'ready') = (content IS NOT NULL)", name="ready_has_content"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    file_format: Mapped[str]
    state: Mapped[str]
    asked_by: Mapped[uuid.UUID | None]
    asked_at: Mapped[datetime]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    size: Mapped[int]
    """Bytes, 0 until it is ready."""
