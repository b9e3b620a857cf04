"""Pledges: what somebody means to give, when, and what has come of it. Nothing of it stands in the ledger."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.gifts.models.codes import SHAPE
from campaign.kernel.db import SUPPORTER, Base, one_of

CURRENCY_SHAPE = "currency ~ '^[A-Z]{3}$'"
REFERENCE_SHAPE = f"reference ~ '{SHAPE}'"


class PledgeState(StrEnum):
    """pending > active > fulfilled | cancelled | lapsed. That something is overdue follows from the days."""

    PENDING = "pending"
    """The button behind the mail was not pressed yet."""
    ACTIVE = "active"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


LIVE = frozenset({PledgeState.PENDING, PledgeState.ACTIVE})


class Schedule(StrEnum):
    """How often."""

    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"

    @property
    def months(self) -> int:
        """From one instalment to the next; 0: there is one."""
        return {"once": 0, "monthly": 1, "quarterly": 3}[self.value]


class InstalmentState(StrEnum):
    """due > matched | missed | waived; back to due when the gift went back."""

    DUE = "due"
    MATCHED = "matched"
    MISSED = "missed"
    WAIVED = "waived"


class What(StrEnum):
    """What can happen to a pledge."""

    MADE = "made"
    CONFIRMED = "confirmed"
    AMOUNT = "amount"
    CAME = "came"
    WENT_BACK = "went_back"
    WAIVED = "waived"
    RAIL = "rail"
    ERASED = "erased"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Pledge(Base):
    """What somebody means to give to one fund. Without its donor it says nothing about anybody."""

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint(one_of("state", PledgeState), name="state_known"),
        CheckConstraint(one_of("schedule", Schedule), name="schedule_known"),
        CheckConstraint(CURRENCY_SHAPE, name="currency_shape"),
        CheckConstraint(REFERENCE_SHAPE, name="reference_shape"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("times BETWEEN 1 AND 60", name="times_in_range"),
        CheckConstraint("schedule <> 'once' OR times = 1", name="once_is_one"),
        CheckConstraint("state NOT IN ('pending', 'active') OR ended_on IS NULL", name="ended_on_a_day"),
        # Whoever pledges twice to one fund gets the page of the first. Two at once make one.
        Index(
            "uq_pledge_live", "donor_id", unique=True,
            postgresql_where=text("state IN ('pending', 'active') AND donor_id IS NOT NULL"),
        ),
        Index("ix_pledge_fund_id", "fund_id", "state"),
        Index("ix_pledge_donor_id", "donor_id"),
        Index("ix_pledge_account", "account", postgresql_where=text("state = 'active'")),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    """What the donor writes into each transfer (codes.py)."""
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    donor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("donor.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(default=PledgeState.PENDING)
    schedule: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    """Of one instalment, in minor units."""
    currency: Mapped[str]
    times: Mapped[int | None] = mapped_column(SmallInteger)
    """How many instalments; None: until it is stopped."""
    starts_on: Mapped[date]
    account: Mapped[str | None]
    """By which of our places the gifts come, once one has come: the rail is no part of what a gift is for."""
    wants_reminders: Mapped[bool]
    made_on: Mapped[date]
    confirmed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    closing_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rail_closing.id"))
    """The last closing of a rail that moved it: each moves it once."""
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class PledgeInstalment(Base):
    """One part of a pledge, on its day. Made when its day comes near."""

    __tablename__ = "pledge_instalment"
    __table_args__ = (
        UniqueConstraint("pledge_id", "number"),
        CheckConstraint(one_of("state", InstalmentState), name="state_known"),
        CheckConstraint("amount > 0 AND received BETWEEN 0 AND amount", name="received_in_range"),
        CheckConstraint("(state = 'matched') = (received = amount)", name="matched_is_whole"),
        Index("ix_pledge_instalment_due_on", "due_on", postgresql_where=text("state = 'due'")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    pledge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    due_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(default=InstalmentState.DUE)
    reminded_on: Mapped[date | None]
    """When its donor was reminded before its day."""
    nudged_on: Mapped[date | None]
    """When they were reminded after it, once."""


class PledgeEvent(Base):
    """One thing that happened to a pledge. Append-only; it names nobody."""

    __tablename__ = "pledge_event"
    __table_args__ = (
        CheckConstraint(one_of("what", What), name="what_known"),
        Index("ix_pledge_event_pledge_id", "pledge_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    pledge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge.id", ondelete="CASCADE"))
    what: Mapped[str]
    state: Mapped[str]
    """Where it stood after that."""
    actor_id: Mapped[uuid.UUID | None]
    """The account that did it; None for the donor behind their link, and for what happens by itself."""
    happened_on: Mapped[date]
    noted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the figure that the public sees has this in it."""


class PledgeShown(Base):
    """What the public is shown as pledged to a fund; it moves on by the pledges of five people, at most once a week."""

    __tablename__ = "pledge_shown"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount_not_negative"),)

    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"), primary_key=True)
    as_of: Mapped[date]
    amount: Mapped[int | None] = mapped_column(BigInteger)
    """In minor units of the fund's currency; None: too few to be shown."""


class ClosingState(StrEnum):
    """waiting > running > done > reopened; dropped instead of running."""

    WAITING = "waiting"
    """One person asked for it; another confirms it."""
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"
    REOPENED = "reopened"
    """The way works again; it can be closed anew."""


class RailClosing(Base):
    """A place where money came in that is closed: everybody who gives there again and again is told a new way."""

    __tablename__ = "rail_closing"
    __table_args__ = (
        CheckConstraint("account <> new_account", name="another_account"),
        CheckConstraint(one_of("state", ClosingState), name="state_known"),
        CheckConstraint("decided_by <> asked_by OR state = 'dropped'", name="two_persons"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_time"),
        CheckConstraint("(state IN ('done', 'reopened')) = (finished_at IS NOT NULL)", name="finished_with_time"),
        # A way is closed once: whoever asks again, or presses twice, is refused by the database too.
        Index(
            "uq_rail_closing_live", "account", unique=True,
            postgresql_where=text("state IN ('waiting', 'running', 'done')"),
        ),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account: Mapped[str]
    new_account: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=ClosingState.WAITING)
    asked_by: Mapped[uuid.UUID | None]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    """None as well for what was closed before this took two."""
    decided_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    moved: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
