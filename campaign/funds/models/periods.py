"""Months of the books: proposed for closing by one person, closed by another, and never opened again."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base, one_of


class MonthState(StrEnum):
    """proposed > closed | refused | withdrawn."""

    PROPOSED = "proposed"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class LedgerMonth(Base):
    """One attempt to close a month. Once closed, the database takes no entry of that month or before it, and no change
    of this row (migrations/versions/0055_closed_months.py)."""

    __tablename__ = "ledger_month"
    __table_args__ = (
        CheckConstraint(one_of("state", MonthState), name="state_known"),
        CheckConstraint("extract(day FROM starts_on) = 1", name="first_day"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_with_time"),
        CheckConstraint("(state = 'closed') = (last_digest IS NOT NULL)", name="closed_with_digest"),
        CheckConstraint("(last_digest IS NULL) = (last_number IS NULL)", name="digest_of_a_number"),
        CheckConstraint(
            "state NOT IN ('closed', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="two_persons",
        ),
        Index("uq_ledger_month_closed", "starts_on", unique=True, postgresql_where=text("state = 'closed'")),
        Index("uq_ledger_month_proposed", "state", unique=True, postgresql_where=text("state = 'proposed'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    starts_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=MonthState.PROPOSED)
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    entries: Mapped[int] = mapped_column(default=0)
    """How many entries the month had when this was last decided on."""
    checks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What was still open then: label and count."""
    last_number: Mapped[int | None]
    """The last entry of the whole ledger at that moment: whatever comes later is of a later month."""
    last_digest: Mapped[bytes | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
