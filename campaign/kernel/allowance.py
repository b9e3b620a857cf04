"""How much one account may see in a period: records decrypted an hour, addresses looked up a day (SAFETY.md 14).

Counted in the database and not in Redis: an allowance that a restart of the broker would refill is none.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import CheckConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.db import Base, session
from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule, retention_rules

KEPT_DAYS = 2


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many of one thing a period; the period is an hour or a day and begins with the clock's."""

    name: str
    most: int
    period: timedelta


DECRYPTING = Allowance("decrypting", 5_000, timedelta(hours=1))
"""Records with contact data shown to one person; workers and the search index are not persons."""


class AllowanceUse(Base):
    """How much of an allowance an account has used in one period."""

    __tablename__ = "allowance_use"
    __table_args__ = (CheckConstraint("used > 0", name="used_positive"),)

    account_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    period_from: Mapped[datetime] = mapped_column(primary_key=True)
    used: Mapped[int]


def take(allowance: Allowance, account: uuid.UUID, amount: int = 1) -> bool:
    """Use `amount` in the open transaction; False, and nothing used, when that is more than is left.

    One statement under the row's lock, so that many requests at once cannot pass together.
    """
    if amount < 1:
        return True
    if amount > allowance.most:
        return False
    statement = insert(AllowanceUse).values(
        account_id=account, name=allowance.name, period_from=_period_from(allowance), used=amount
    )
    statement = statement.on_conflict_do_update(
        index_elements=["account_id", "name", "period_from"],
        set_={"used": AllowanceUse.used + amount},
        where=AllowanceUse.used + amount <= allowance.most,
    )
    return session.execute(statement.returning(AllowanceUse.used)).first() is not None


def left(allowance: Allowance, account: uuid.UUID) -> int:
    """How much the account may still use in this period."""
    used = session.scalar(
        select(func.sum(AllowanceUse.used)).where(
            AllowanceUse.account_id == account,
            AllowanceUse.name == allowance.name,
            AllowanceUse.period_from == _period_from(allowance),
        )
    )
    return allowance.most - int(used or 0)


def delete_old(today: date) -> int:
    """Forget how much was used in periods that are over."""
    before = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(days=KEPT_DAYS - 1)
    statement = delete(AllowanceUse).where(AllowanceUse.period_from < before).returning(AllowanceUse.name)
    return len(session.execute(statement).all())


def _period_from(allowance: Allowance) -> datetime:
    moment = clock.now()
    hour = 0 if allowance.period >= timedelta(days=1) else moment.hour
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)


def register() -> None:
    """Fill the registry."""
    rule = RetentionRule(
        "allowances", KEPT_DAYS, delete_old,
        N_("How many records a staff member was shown in an hour: deleted after 2 days."),
    )  # fmt: skip
    retention_rules.register(rule.name, rule)
