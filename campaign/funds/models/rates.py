"""What one euro was worth on a day, as a public table says, and the files from which that was taken."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.funds.models.ledger import CURRENCY_SHAPE
from campaign.kernel.db import Base, one_of

ECB = "ecb"


class RateImportState(StrEnum):
    """staged > applied | discarded."""

    STAGED = "staged"
    APPLIED = "applied"
    DISCARDED = "discarded"


class RateImport(Base):
    """One file of rates that was looked through before anything of it was taken."""

    __tablename__ = "rate_import"
    __table_args__ = (
        CheckConstraint(one_of("state", RateImportState), name="state_known"),
        CheckConstraint("source ~ '^[a-z][a-z0-9-]{1,19}$'", name="source_shape"),
        CheckConstraint("(state = 'staged') = (content IS NOT NULL)", name="content_while_staged"),
        CheckConstraint("decided_by <> made_by OR state <> 'applied'", name="two_persons"),
        Index("uq_rate_import_digest", "digest", unique=True, postgresql_where=text("state <> 'discarded'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=RateImportState.STAGED)
    source: Mapped[str]
    """Whose rates they are: a short word."""
    file_name: Mapped[str]
    digest: Mapped[str]
    content: Mapped[str | None]
    """Until it was taken or thrown away."""
    figures: Mapped[dict[str, Any]]
    """Of the looking through: rates, new, same, different, days, currencies, first_on, last_on."""
    problems: Mapped[list[str]] = mapped_column(default=list)
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    """Who took it, or threw it away; None as well for what was taken before this took two."""


class ExchangeRate(Base):
    """How many units of a currency one euro was worth on a day."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        PrimaryKeyConstraint("currency", "on_date", "source"),
        CheckConstraint("per_euro > 0", name="rate_positive"),
        CheckConstraint(CURRENCY_SHAPE, name="currency_shape"),
    )

    currency: Mapped[str]
    on_date: Mapped[date]
    source: Mapped[str]
    per_euro: Mapped[Decimal] = mapped_column(Numeric(20, 8))
    import_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rate_import.id", ondelete="SET NULL"))
