"""How many letters are said to have been sent: no row says by whom, from where, or at what hour."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base


class AppealDelta(Base):
    """One letter that somebody said they sent, until it is added up."""

    __tablename__ = "appeal_delta"

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), index=True)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal_target.id", ondelete="CASCADE"))
    day: Mapped[date]
    amount: Mapped[int]


class AppealSent(Base):
    """How many on one day to one official."""

    __tablename__ = "appeal_sent"
    __table_args__ = (CheckConstraint("count >= 0", name="count_not_negative"),)

    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    target_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("appeal_target.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class SpentStamp(Base):
    """The digest of a stamp that was counted, so that a second press of the same button is not."""

    __tablename__ = "appeal_spent_stamp"
    __table_args__ = (CheckConstraint("length(digest) = 16", name="digest_length"), {"info": SUPPORTER})

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    spent_on: Mapped[date]
