"""Gifts that go back: what one person asked for, and the lines of statements with which the money left."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class Returning(StrEnum):
    """What takes a gift that counts out of the books again."""

    REFUND = "refund"
    DISPUTE = "dispute"
    FAIL = "fail"
    WRONG = "wrong"
    """It was entered wrongly."""


class ReturnState(StrEnum):
    """waiting > done | refused | withdrawn."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GiftReturn(Base):
    """One thing that was asked for of a gift that counts; nothing moves before another person carries it out."""

    __tablename__ = "gift_return"
    __table_args__ = (
        CheckConstraint(one_of("what", Returning), name="what_known"),
        CheckConstraint(one_of("state", ReturnState), name="state_known"),
        CheckConstraint(
            "(what = 'refund') = (amount IS NOT NULL) AND amount IS DISTINCT FROM 0", name="amount_of_a_refund"
        ),
        CheckConstraint("(what = 'wrong') = (memo IS NOT NULL)", name="memo_of_a_mistake"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_time"),
        CheckConstraint(
            "state NOT IN ('done', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="two_persons",
        ),
        Index("ix_gift_return_gift_id", "gift_id", "asked_at"),
        Index("uq_gift_return_waiting", "gift_id", unique=True, postgresql_where=text("state = 'waiting'")),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    gift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gift.id", ondelete="CASCADE"))
    what: Mapped[str]
    amount: Mapped[int | None] = mapped_column(BigInteger)
    """Of a refund, in minor units."""
    memo: Mapped[str | None]
    """Of what was entered wrongly: why its entry is reversed."""
    happened_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=ReturnState.WAITING)
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]


class GiftBanked(Base):
    """A line of a statement that is the money of a gift that went back, or a part of it; or that came again."""

    __tablename__ = "gift_banked"
    __table_args__ = (
        PrimaryKeyConstraint("move_id", "line_id"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        {"info": SUPPORTER},
    )

    move_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gift_move.id", ondelete="CASCADE"))
    line_id: Mapped[uuid.UUID]
    """Of campaign/banking, which keeps the match."""
    amount: Mapped[int] = mapped_column(BigInteger)
    """Below zero for what went out."""
    taken_by: Mapped[uuid.UUID | None]
    taken_on: Mapped[date]
