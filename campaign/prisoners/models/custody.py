"""Where somebody is held, and how a letter reaches that place."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base, one_of
from campaign.kernel.money import Money
from campaign.prisoners.models.words import (
    Certainty,
    Channel,
    Evidence,
    FacilityKind,
    Precision,
    Severity,
    StrangersPolicy,
)


class Facility(Base):
    """One place of detention. Its postal address has versions of its own, since addresses change silently."""

    __tablename__ = "facility"
    __table_args__ = (
        CheckConstraint(one_of("kind", FacilityKind), name="kind_known"),
        CheckConstraint("name_ru <> ''", name="has_name"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_shape"),
        Index("ix_facility_code", "code_key"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(default="")
    """As it is written, for example ИК-6."""
    code_key: Mapped[str] = mapped_column(default="")
    """The code with homoglyphs, spaces and hyphens folded, to compare (service/codes.py)."""
    name_ru: Mapped[str]
    name_latin: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    region: Mapped[str]
    """ISO 3166-2, or one of the further codes of regions.py."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    letters_note: Mapped[str] = mapped_column(default="")
    verified_on: Mapped[date | None]
    verified_by: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    addresses: Mapped[list["FacilityAddress"]] = relationship(
        cascade="all, delete-orphan", order_by="FacilityAddress.from_on.desc()"
    )
    channels: Mapped[list["FacilityChannel"]] = relationship(
        cascade="all, delete-orphan", order_by="FacilityChannel.channel"
    )
    rules: Mapped[list["FacilityRule"]] = relationship(cascade="all, delete-orphan", order_by="FacilityRule.from_on")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def address(self) -> "FacilityAddress | None":
        """The address that holds now; None where none is known."""
        return next((each for each in self.addresses if each.until_on is None), None)


class FacilityAddress(Base):
    """A postal address in Russian, from a day until another."""

    __tablename__ = "facility_address"
    __table_args__ = (
        CheckConstraint("postal_index ~ '^[0-9]{6}$'", name="index_shape"),
        CheckConstraint("region_line <> '' OR locality <> ''", name="has_place"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name="source_shape"),
        Index("uq_facility_address_current", "facility_id", unique=True, postgresql_where=text("until_on IS NULL")),
        Index("ix_facility_address_facility_id", "facility_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    postal_index: Mapped[str]
    region_line: Mapped[str] = mapped_column(default="")
    locality: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    source_url: Mapped[str] = mapped_column(default="")
    source_title: Mapped[str] = mapped_column(default="")
    retrieved_on: Mapped[date]
    added_by: Mapped[uuid.UUID | None]


class FacilityChannel(Base):
    """A way to reach people in this place, with its limits and prices as they were on a day."""

    __tablename__ = "facility_channel"
    __table_args__ = (
        CheckConstraint(one_of("channel", Channel), name="channel_known"),
        CheckConstraint(one_of("strangers", StrangersPolicy), name="strangers_known"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        CheckConstraint(
            "coalesce(price_page, 0) >= 0 AND coalesce(price_picture, 0) >= 0 AND coalesce(price_reply, 0) >= 0",
            name="prices_not_negative",
        ),
        CheckConstraint("characters_a_page IS NULL OR characters_a_page BETWEEN 100 AND 100000", name="page_in_range"),
        CheckConstraint("days IS NULL OR days BETWEEN 0 AND 365", name="days_in_range"),
        Index("uq_facility_channel", "facility_id", "channel", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    channel: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    characters_a_page: Mapped[int | None]
    most_pages: Mapped[int | None]
    price_page: Mapped[int | None]
    """Minor units of `currency`, as the two below."""
    price_picture: Mapped[int | None]
    price_reply: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="RUB")
    languages: Mapped[list[str]] = mapped_column(default=list)
    has_reply_form: Mapped[bool] = mapped_column(default=False)
    needs_sender_identity: Mapped[bool] = mapped_column(default=False)
    days: Mapped[int | None]
    """Days until a letter is handed over, as a rule."""
    strangers: Mapped[str] = mapped_column(default=StrangersPolicy.UNKNOWN)
    source_url: Mapped[str] = mapped_column(default="")
    checked_on: Mapped[date]

    def price(self, of: str) -> Money | None:
        """What a "page", a "picture" or a "reply" costs; None where nobody has written it down."""
        minor = getattr(self, f"price_{of}")
        return Money(minor, self.currency) if minor is not None else None


class FacilityRule(Base):
    """What this place does not let through, from a day until another."""

    __tablename__ = "facility_rule"
    __table_args__ = (
        CheckConstraint(one_of("severity", Severity), name="severity_known"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        CheckConstraint("texts ? 'en'", name="has_english"),
        Index("ix_facility_rule_facility_id", "facility_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    texts: Mapped[dict[str, Any]]
    severity: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    source_url: Mapped[str] = mapped_column(default="")


class Custody(Base):
    """A stay: in a facility, on the way, or nobody knows where. Confirmed stays of one person never overlap."""

    __tablename__ = "custody"
    __table_args__ = (
        CheckConstraint(one_of("certainty", Certainty), name="certainty_known"),
        CheckConstraint("evidence IS NULL OR " + one_of("evidence", Evidence), name="evidence_known"),
        CheckConstraint("(facility_id IS NULL) = (certainty IN ('in_transit', 'unknown'))", name="located_has_place"),
        CheckConstraint("certainty <> 'confirmed' OR evidence IS NOT NULL", name="confirmed_by_something"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        CheckConstraint(one_of("from_precision", Precision), name="from_precision_known"),
        # The day of a transfer belongs to the new place, hence the half-open range. `uuidrange` is ours (migration):
        # with it a plain GiST index compares people for equality, and no extension is needed.
        ExcludeConstraint(
            (func.uuidrange(text("prisoner_id"), text("prisoner_id"), text("'[]'")), "&&"),
            (func.daterange(text("from_on"), text("until_on"), text("'[)'")), "&&"),
            where=text("certainty = 'confirmed'"),
            name="ex_custody_confirmed_overlap",
            using="gist",
        ),
        Index("uq_custody_current", "prisoner_id", unique=True, postgresql_where=text("until_on IS NULL")),
        Index("ix_custody_prisoner_id", "prisoner_id", "from_on"),
        Index("ix_custody_facility_id", "facility_id", postgresql_where=text("until_on IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    episode_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("episode.id", ondelete="CASCADE"))
    facility_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facility.id"))
    certainty: Mapped[str]
    evidence: Mapped[str | None]
    from_on: Mapped[date]
    from_precision: Mapped[str] = mapped_column(default=Precision.DAY, server_default=Precision.DAY.value)
    until_on: Mapped[date | None]
    verified_on: Mapped[date]
    """The day up to which this is known to hold; expires by the kind of facility (words.SHORT_STAYS)."""
    verified_by: Mapped[uuid.UUID | None]

    facility: Mapped[Facility | None] = relationship()
