"""Codes of campaigns, and what was done by those who came by them."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base


class ShareCode(Base):
    """A code that a campaign puts into its links: the same for everybody, so it tells of nobody."""

    __tablename__ = "share_code"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z]{8}$'", name="code_shape"),
        CheckConstraint("name <> '' AND length(name) <= 80", name="name_given"),
        CheckConstraint("ended_on IS NULL OR ended_on >= made_on", name="ends_after_begin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    """For colleagues: no public page shows it."""
    made_by: Mapped[uuid.UUID | None]
    made_on: Mapped[date]
    ended_on: Mapped[date | None]


class ShareAct(Base):
    """How often something was done on one day by those who came by a code; a number and nothing beside it."""

    __tablename__ = "share_act"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    code_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("share_code.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int]
