"""Shifts of an event, who signed up for them, and each step of a sign-up."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.arrivals import SHAPE_SQL
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE

SCOPE = "events"
VENUE = Field("event", "venue_sealed")
EMAIL = Field("event_signup", "email_sealed")
NAME = Field("event_signup", "name_sealed")
MOST_PLACES = 2_000


class SignupState(StrEnum):
    """pending > confirmed | queued > offered > confirmed | lapsed; any > cancelled."""

    PENDING = "pending"
    """The button behind the mail was not pressed yet."""
    CONFIRMED = "confirmed"
    QUEUED = "queued"
    OFFERED = "offered"
    """A free place is held for them until `offer_until`."""
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


TAKING = frozenset({SignupState.CONFIRMED, SignupState.OFFERED})
"""Takes one of the places."""
LIVE = TAKING | {SignupState.QUEUED}


class Attendance(StrEnum):
    """Whether somebody was there; empty while nobody said."""

    UNKNOWN = ""
    CAME = "came"
    MISSED = "missed"


class EventShift(Base):
    """Part of an event with so many places. Its row's lock guards the order of all who signed up for it."""

    __tablename__ = "event_shift"
    __table_args__ = (
        CheckConstraint(f"capacity BETWEEN 1 AND {MOST_PLACES}", name="capacity_in_range"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL) AND starts_at <= ends_at", name="ends_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime | None]
    """None: as the event."""
    ends_at: Mapped[datetime | None]
    capacity: Mapped[int]


class EventSignup(Base):
    """One person's place, or place in the queue. Sealed and indexed for this event alone; erased 30 days after it."""

    __tablename__ = "event_signup"
    __table_args__ = (
        UniqueConstraint("event_id", "email_index"),
        UniqueConstraint("event_id", "volunteer_id"),
        CheckConstraint(one_of("state", SignupState), name="state_known"),
        CheckConstraint(one_of("attendance", Attendance), name="attendance_known"),
        CheckConstraint("(state = 'offered') = (offer_until IS NOT NULL)", name="offered_until"),
        CheckConstraint(f"arrived_by IS NULL OR (state = 'pending' AND {SHAPE_SQL})", name="arrival_erased"),
        CheckConstraint(KNOWN_LANGUAGE, name="language_known"),
        Index("ix_event_signup_shift_id", "shift_id", "position"),
        Index("ix_event_signup_offer_until", "offer_until", postgresql_where=text("state = 'offered'")),
        Index("ix_event_signup_volunteer_id", "volunteer_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    shift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event_shift.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default=SignupState.PENDING)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    """The order in which places were asked for; who is put back to the head of the queue gets a smaller one."""
    offer_until: Mapped[datetime | None]
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))
    """Who signed up with an account; their address is their account's."""
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the event and the address, so that two events cannot be joined."""
    name_sealed: Mapped[bytes | None]
    language: Mapped[str]
    attendance: Mapped[str] = mapped_column(default=Attendance.UNKNOWN)
    signed_on: Mapped[date]
    arrived_by: Mapped[str | None]
    """The code of the mailing that brought them, the same for all its readers; erased when they confirm."""
    reminded_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)


class EventSignupStep(Base):
    """One step of a sign-up. Append-only."""

    __tablename__ = "event_signup_step"
    __table_args__ = (
        CheckConstraint(one_of("now", SignupState), name="now_known"),
        Index("ix_event_signup_step_signup_id", "signup_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    signup_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event_signup.id", ondelete="CASCADE"))
    was: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    """The account that did it; None for the person themselves behind their link, and for what happens by itself."""
    happened_on: Mapped[date]
