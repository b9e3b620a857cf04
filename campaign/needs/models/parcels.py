"""Parcels: how many a regime allows, under which conditions somebody is kept, and who was promised which slot.

A slot takes units of a period: one of so many parcels a year, or as many kilograms of a month as the parcel weighs.
Each unit is a row whose key is the prisoner, the kind, the period and its number, so that the database refuses to give
one to two.
"""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of

MOST_A_PERIOD = 1_000
LONGEST_SOURCE, LONGEST_QUOTA_NOTE = 200, 500


class ParcelRegime(StrEnum):
    """By which rule parcels are counted."""

    REMAND = "remand"
    GENERAL = "general"
    STRICT = "strict"
    SPECIAL = "special"
    PRISON = "prison"
    SETTLEMENT = "settlement"
    WOMEN = "women"
    JUVENILE = "juvenile"


class Conditions(StrEnum):
    """Under which conditions within a regime somebody is kept."""

    ORDINARY = "ordinary"
    LIGHTER = "lighter"
    STRICT = "strict"


class ParcelKind(StrEnum):
    """What takes a slot."""

    PARCEL = "parcel"
    PACKET = "packet"
    """A small packet by post."""
    WEIGHT = "weight"
    """Anything, where what counts is its weight; a unit is a kilogram."""


class Period(StrEnum):
    """Over which time a quota counts: of the calendar."""

    YEAR = "year"
    MONTH = "month"


class ParcelQuota(Base):
    """What staff wrote down for one regime in the place of what the programme brings (data/quotas.toml), from a day on.

    The newest holds; those before it stay to be looked up. Nothing in it about anybody.
    """

    __tablename__ = "parcel_quota"
    __table_args__ = (
        CheckConstraint(one_of("regime", ParcelRegime), name="regime_known"),
        CheckConstraint(one_of("conditions", Conditions), name="conditions_known"),
        CheckConstraint(one_of("period", Period), name="period_known"),
        CheckConstraint(f"parcels BETWEEN 0 AND {MOST_A_PERIOD}", name="parcels_in_range"),
        CheckConstraint(f"packets BETWEEN 0 AND {MOST_A_PERIOD}", name="packets_in_range"),
        CheckConstraint(f"kilograms BETWEEN 0 AND {MOST_A_PERIOD}", name="kilograms_in_range"),
        CheckConstraint(
            "CASE WHEN is_unlimited THEN num_nonnulls(parcels, packets, kilograms) = 0"
            " WHEN kilograms IS NOT NULL THEN num_nonnulls(parcels, packets) = 0"
            " ELSE num_nonnulls(parcels, packets) = 2 END",
            name="one_way_to_count",
        ),
        CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name="source_shape"),
        CheckConstraint("NOT is_sourced OR source_title <> ''", name="sourced_with_source"),
        Index("uq_parcel_quota_current", "regime", "conditions", unique=True, postgresql_where=text("is_current")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    regime: Mapped[str]
    conditions: Mapped[str]
    period: Mapped[str]
    is_unlimited: Mapped[bool]
    parcels: Mapped[int | None]
    packets: Mapped[int | None]
    kilograms: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    is_sourced: Mapped[bool]
    source_title: Mapped[str] = mapped_column(default="")
    source_url: Mapped[str] = mapped_column(default="")
    checked_on: Mapped[date]
    is_current: Mapped[bool] = mapped_column(default=True)
    written_by: Mapped[uuid.UUID]
    written_on: Mapped[date]


class ParcelStanding(Base):
    """How parcels to somebody are counted. Whoever gives or ends a slot holds its row."""

    __tablename__ = "parcel_standing"
    __table_args__ = (
        CheckConstraint(one_of("conditions", Conditions), name="conditions_known"),
        CheckConstraint(one_of("regime", ParcelRegime), name="regime_known"),
        {"info": SUPPORTER},
    )

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    conditions: Mapped[str] = mapped_column(default=Conditions.ORDINARY)
    regime: Mapped[str | None]
    """As staff know it; None: as the place where they are held and the sentence tell."""
    noted_by: Mapped[uuid.UUID | None]
    noted_on: Mapped[date | None]


class SlotState(StrEnum):
    """reserved > used | released | lapsed; used > released when nothing was sent after all."""

    RESERVED = "reserved"
    USED = "used"
    RELEASED = "released"
    LAPSED = "lapsed"


LIVE_SLOTS = frozenset({SlotState.RESERVED, SlotState.USED})


class ParcelSlot(Base):
    """One parcel that somebody may send to a prisoner until a day, or has sent. Who that is stands nowhere: they know
    its number."""

    __tablename__ = "parcel_slot"
    __table_args__ = (
        CheckConstraint(one_of("kind", ParcelKind), name="kind_known"),
        CheckConstraint(one_of("state", SlotState), name="state_known"),
        CheckConstraint("(kind = 'weight') = (kilograms IS NOT NULL)", name="weight_in_kilograms"),
        CheckConstraint("kilograms > 0", name="kilograms_positive"),
        CheckConstraint("period_until >= period_from", name="period_in_order"),
        CheckConstraint("reserved_until BETWEEN reserved_on AND period_until", name="reserved_within_period"),
        CheckConstraint("(state = 'reserved') = (ended_on IS NULL)", name="ended_on_a_day"),
        Index("ix_parcel_slot_prisoner_id", "prisoner_id", "period_from"),
        Index("ix_parcel_slot_need_id", "need_id"),
        Index("ix_parcel_slot_reserved", "reserved_until", postgresql_where=text("state = 'reserved'")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    kind: Mapped[str]
    kilograms: Mapped[int | None]
    period_from: Mapped[date]
    period_until: Mapped[date]
    state: Mapped[str] = mapped_column(default=SlotState.RESERVED)
    need_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("need.id", ondelete="SET NULL"))
    reserved_by: Mapped[uuid.UUID]
    reserved_on: Mapped[date]
    reserved_until: Mapped[date]
    """The last day on which it is kept for whoever asked."""
    ended_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    @property
    def code(self) -> str:
        """What whoever sends it is told."""
        return f"S{self.number}"


class ParcelUnit(Base):
    """One unit of what a prisoner may get in a period, while a slot has it."""

    __tablename__ = "parcel_unit"
    __table_args__ = (
        PrimaryKeyConstraint("prisoner_id", "kind", "period_from", "number"),
        CheckConstraint(one_of("kind", ParcelKind), name="kind_known"),
        CheckConstraint("number >= 1 AND number <= out_of", name="within_quota"),
        Index("ix_parcel_unit_slot_id", "slot_id"),
        {"info": SUPPORTER},
    )

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    kind: Mapped[str]
    period_from: Mapped[date]
    number: Mapped[int]
    out_of: Mapped[int | None]
    """How many there were when it was given; None: without a limit."""
    slot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("parcel_slot.id", ondelete="CASCADE"))
