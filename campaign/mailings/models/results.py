"""How mails of a mailing ended and what came back, as numbers that stay when the mails' rows are gone."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class Outcome(StrEnum):
    """How a mail ended, or in which way it came back."""

    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    STOPPED = "stopped"
    """Its mailing was stopped before it left."""
    EXPIRED = "expired"
    HARD = "hard"
    SOFT = "soft"
    FULL = "full"
    POLICY = "policy"
    COMPLAINT = "complaint"


RETURNS = frozenset({Outcome.HARD, Outcome.SOFT, Outcome.FULL, Outcome.POLICY, Outcome.COMPLAINT})
"""What is told of a mail after it was handed over."""


class MailingTally(Base):
    """So many mails of a mailing with one outcome in one hour: without who they went to."""

    __tablename__ = "mailing_tally"
    __table_args__ = (
        CheckConstraint("variant IN ('a', 'b')", name="variant_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(one_of("outcome", Outcome), name="outcome_known"),
        {"info": SUPPORTER},
    )

    mailing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    variant: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    amount: Mapped[int]
