"""Up to which amount two persons are enough: one line a currency, changed by two."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.funds.models.ledger import CURRENCY_SHAPE
from campaign.kernel.db import Base, one_of


class LimitState(StrEnum):
    """waiting > current | refused; current > replaced."""

    WAITING = "waiting"
    CURRENT = "current"
    REPLACED = "replaced"
    REFUSED = "refused"


class PaymentLimit(Base):
    """The largest amount of a currency that two persons can pay; above it, and where there is none, it takes three."""

    __tablename__ = "payment_limit"
    __table_args__ = (
        CheckConstraint(one_of("state", LimitState), name="state_known"),
        CheckConstraint(CURRENCY_SHAPE, name="currency_shape"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_time"),
        CheckConstraint(
            "state NOT IN ('current', 'replaced') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="two_persons",
        ),
        Index("uq_payment_limit_current", "currency", unique=True, postgresql_where=text("state = 'current'")),
        Index("uq_payment_limit_waiting", "currency", unique=True, postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    currency: Mapped[str]
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(default=LimitState.WAITING)
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
