"""Gifts: what came in or is on its way, for which funds, and each move of it."""

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.gifts.models.pledges import CURRENCY_SHAPE
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

NUMBER = Field("gift", "external_sealed")
LONGEST_NUMBER = 100


class GiftState(StrEnum):
    """initiated > pending > settled > (partly) refunded | disputed | failed | expired."""

    INITIATED = "initiated"
    """Announced; nothing is under way yet."""
    PENDING = "pending"
    """Under way: it may still fail."""
    SETTLED = "settled"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    """Taken back by the service until it is decided whose it is."""
    FAILED = "failed"
    EXPIRED = "expired"


EXPECTED = frozenset({GiftState.INITIATED, GiftState.PENDING})
COUNTED = frozenset({GiftState.SETTLED, GiftState.PARTLY_REFUNDED})
"""Only then it counts, and only then it stands in the ledger with an amount."""


class Gift(Base):
    """One gift. What it is for stands in its allocations, who gave in the donor, how it came in the account."""

    __tablename__ = "gift"
    __table_args__ = (
        CheckConstraint(one_of("state", GiftState), name="state_known"),
        CheckConstraint(CURRENCY_SHAPE, name="currency_shape"),
        CheckConstraint("gross > 0 AND fee >= 0 AND fee < gross", name="net_positive"),
        CheckConstraint("refunded BETWEEN 0 AND gross", name="refunded_in_range"),
        CheckConstraint("(state = 'refunded') <= (refunded = gross)", name="refunded_whole"),
        CheckConstraint("state <> 'partly_refunded' OR (refunded > 0 AND refunded < gross)", name="refunded_partly"),
        CheckConstraint("state NOT IN ('initiated', 'pending', 'expired') OR refunded = 0", name="unsettled_whole"),
        CheckConstraint("(settled_on IS NOT NULL) OR state IN ('initiated', 'pending', 'failed', 'expired')",
                        name="settled_on_a_day"),
        CheckConstraint("external_sealed IS NULL OR external_index IS NOT NULL", name="number_has_index"),
        # No gift twice: a service's own number, a line of a file, a line of a statement.
        UniqueConstraint("account", "external_index"),
        Index("uq_gift_line", "line_id", "taken_as", unique=True, postgresql_where=text("line_id IS NOT NULL")),
        Index("ix_gift_pledge_id", "pledge_id"),
        Index("ix_gift_donor_id", "donor_id"),
        Index("ix_gift_state", "state", "number"),
        Index("ix_gift_expected", "currency", "gross", postgresql_where=text("state IN ('initiated', 'pending')")),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    pledge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pledge.id", ondelete="SET NULL"))
    donor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("donor.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(default=GiftState.INITIATED)
    account: Mapped[str]
    """Which of our places it comes to: a code of the ledger's."""
    gross: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of the gross amount."""
    currency: Mapped[str]
    external_sealed: Mapped[bytes | None]
    """What the service or the bank calls it, which may name its giver; of a line of a file a mark that says nothing.
    Erased with its donor, or half a year after it came."""
    external_index: Mapped[bytes | None]
    """A blind index of it, which stays: so nothing is taken twice, and it is found by the whole number alone."""
    expected_on: Mapped[date]
    settled_on: Mapped[date | None]
    line_id: Mapped[uuid.UUID | None]
    """The line of a statement with which it came."""
    taken_as: Mapped[uuid.UUID | None]
    """Of such a line: the id of what it was matched with, this gift or an instalment."""
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"))
    """The entry by which it counts."""
    made_by: Mapped[uuid.UUID | None]
    made_on: Mapped[date]
    thanked_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def code(self) -> str:
        """What lists and the ledger call it."""
        return f"G-{self.number}"

    @property
    def net(self) -> int:
        """What is left of it after the fee."""
        return self.gross - self.fee


class GiftAllocation(Base):
    """For which fund how much of a gift is.

    All of them sum to its net amount, their fees to its fee and what was returned to what was refunded: a deferred
    trigger refuses anything else at the commit (migrations: gifts).
    """

    __tablename__ = "gift_allocation"
    __table_args__ = (
        PrimaryKeyConstraint("gift_id", "fund_id"),
        CheckConstraint("amount > 0 AND fee >= 0 AND returned BETWEEN 0 AND amount + fee", name="amounts_in_range"),
        Index("ix_gift_allocation_fund_id", "fund_id"),
        {"info": SUPPORTER},
    )

    gift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gift.id", ondelete="CASCADE"))
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its share of the fee."""
    returned: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its share of what was refunded, of the gross amount."""


class GiftMove(Base):
    """One move of a gift. Append-only; its id is the source of the entry it made, so that none is made twice."""

    __tablename__ = "gift_move"
    __table_args__ = (
        CheckConstraint(one_of("now", GiftState), name="now_known"),
        Index("ix_gift_move_gift_id", "gift_id", "at"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    gift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gift.id", ondelete="CASCADE"))
    at: Mapped[int] = mapped_column(BigInteger, Identity())
    was: Mapped[str]
    now: Mapped[str]
    happened_on: Mapped[date]
    actor_id: Mapped[uuid.UUID | None]
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Amounts alone, in minor units."""


class GiftPart(Base):
    """How much of which instalment a gift that counts has brought."""

    __tablename__ = "gift_part"
    __table_args__ = (
        PrimaryKeyConstraint("gift_id", "instalment_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_gift_part_instalment_id", "instalment_id"),
        {"info": SUPPORTER},
    )

    gift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gift.id", ondelete="CASCADE"))
    instalment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge_instalment.id", ondelete="CASCADE"))
    amount: Mapped[int] = mapped_column(BigInteger)
