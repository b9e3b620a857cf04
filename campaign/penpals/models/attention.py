"""The attention ledger: what counts for whom, and how attention was spread on each day.

The sum itself stands beside the prisoner (prisoners' Attention), where lists and pages read it.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer

from campaign.kernel.db import Base, one_of


class AttentionSource(StrEnum):
    """What kind of row an entry stands for."""

    RESERVATION = "reservation"
    LETTER = "letter"
    BROADCAST = "broadcast"


class Counted(StrEnum):
    """How far a letter is, as far as it counts."""

    RESERVED = "reserved"
    UNDER_WAY = "under_way"
    REPORTED = "reported"
    PRESUMED = "presumed"
    BROADCAST = "broadcast"
    RETURNED = "returned"
    CENSORED = "censored"
    LOST = "lost"


class AttentionEntry(Base):
    """One letter, reservation or broadcast to one prisoner; its source moves it along, and it counts once."""

    __tablename__ = "attention_entry"
    __table_args__ = (
        CheckConstraint(one_of("source", AttentionSource), name="source_known"),
        CheckConstraint(one_of("counted", Counted), name="counted_known"),
        CheckConstraint("(counted = 'reserved') = (live_until IS NOT NULL)", name="reserved_until"),
        UniqueConstraint("source", "source_id", "prisoner_id"),
        Index("ix_attention_entry_window", "prisoner_id", "counted_on", postgresql_include=["counted", "live_until"]),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    source: Mapped[str]
    source_id: Mapped[uuid.UUID]
    counted: Mapped[str]
    counted_on: Mapped[date]
    """The day of dispatch; of a reservation, the day it became live."""
    live_until: Mapped[datetime | None]


class AttentionSetting(Base):
    """What staff have set; one row, or none while the defaults hold."""

    __tablename__ = "attention_setting"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("floor BETWEEN 1 AND 400", name="floor_in_range"),
        CheckConstraint("soft_cap BETWEEN floor AND 4000", name="cap_over_floor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    floor: Mapped[int]
    """Quarters of a letter that everybody should get in 90 days."""
    soft_cap: Mapped[int]
    """Quarters of a letter from which on others are offered first."""
    changed_by: Mapped[uuid.UUID | None]
    changed_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class AttentionDay(Base):
    """How attention was spread on one day, over everybody to whom a letter could go."""

    __tablename__ = "attention_day"
    __table_args__ = (CheckConstraint("gini BETWEEN 0 AND 1000", name="gini_in_range"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    prisoners: Mapped[int]
    below_floor: Mapped[int]
    with_none: Mapped[int]
    quarters: Mapped[int]
    gini: Mapped[int]
    """In thousandths."""
    deciles: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """Share of all letters that each tenth of the people gets, the least written-to first, in thousandths."""
