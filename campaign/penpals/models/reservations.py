"""Promises of one letter, by somebody alone or by a letter evening."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.arrivals import SHAPE_SQL
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.penpals.models.groups import SCOPE

ADDRESS = Field("reservation", "address_sealed")
__all__ = ["ADDRESS", "SCOPE", "Evening", "EveningState", "Reservation", "ReservationState"]


class ReservationState(StrEnum):
    """waiting (for the mail's button) > live > written | released | expired; expired > written, told late.

    What waits longer than its time is deleted. A letter that somebody takes away on paper holds nothing, and is expired
    from the first: all that can still become of it is written.
    """

    WAITING = "waiting"
    LIVE = "live"
    WRITTEN = "written"
    RELEASED = "released"
    EXPIRED = "expired"


class Reservation(Base):
    """One letter that somebody means to write soon. It counts once it is live (DOMAIN.md 10)."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint(one_of("state", ReservationState), name="state_known"),
        CheckConstraint("num_nonnulls(volunteer_id, evening_id, address_sealed) <= 1", name="one_maker"),
        CheckConstraint("address_sealed IS NULL OR state = 'waiting'", name="address_goes_when_confirmed"),
        CheckConstraint(f"arrived_by IS NULL OR (state = 'waiting' AND {SHAPE_SQL})", name="arrival_erased"),
        Index("ix_reservation_prisoner_live", "prisoner_id", postgresql_where=text("state = 'live'")),
        Index("ix_reservation_expires_at", "expires_at", postgresql_where=text("state IN ('waiting', 'live')")),
        Index("ix_reservation_evening_id", "evening_id"),
        Index("ix_reservation_volunteer_id", "volunteer_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """What a writer or a host types to report a letter; unambiguous letters, the last one a check."""
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    evening_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evening.event_id", ondelete="CASCADE"))
    address_sealed: Mapped[bytes | None]
    """Only until the mail's button is pressed."""
    address_index: Mapped[bytes | None]
    language: Mapped[str]
    state: Mapped[str]
    made_on: Mapped[date]
    expires_at: Mapped[datetime]
    written_on: Mapped[date | None]
    arrived_by: Mapped[str | None]
    """The code of the mailing that brought them, the same for all its readers; erased when it goes live."""


class EveningState(StrEnum):
    """planned > reserved > recorded; planned, reserved > cancelled."""

    PLANNED = "planned"
    RESERVED = "reserved"
    RECORDED = "recorded"
    CANCELLED = "cancelled"


class Evening(Base):
    """What a letter evening reserves and what came of it; the event itself belongs to activities."""

    __tablename__ = "evening"
    __table_args__ = (
        CheckConstraint(one_of("state", EveningState), name="state_known"),
        CheckConstraint("addressees BETWEEN 1 AND 500", name="addressees_in_range"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pen_group.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(default=EveningState.PLANNED)
    addressees: Mapped[int]
    language: Mapped[str]
    """Of the cards and the hand-out."""
    recorded_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
