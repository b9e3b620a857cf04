"""What is not settled yet: lines of statements that stand for nothing, and payments whose end nobody has seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from campaign.banking.models import BankLine, LineState
from campaign.banking.queries.lists import TO_LOOK
from campaign.funds.models import LedgerAccount
from campaign.gifts.models import Gift, GiftState, InstalmentState, Pledge, PledgeInstalment, PledgeState
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_money import MonthCheck
from campaign.payments.models import Payment, PaymentState

WAITS = (LineState.OPEN, LineState.ON_HOLD)
AGES = (7, 30, 90)
"""Days up to which something belongs to each group; the last group is older."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Lines of one account and currency that have waited about as long."""

    account: str
    currency: str
    age: int
    """The place of the group in AGES; as many as AGES has: older than the last."""
    count: int
    came: int
    """In minor units, what came in of it."""
    went: int
    """What went out, as an amount above zero."""


def unmatched(day: date) -> Sequence[Waiting]:
    """Lines of statements up to that day that wait now, by account, currency and age."""
    # In groups from each bound on: what is seven days old belongs to the first one still.
    bounds = literal([each + 1 for each in AGES], ARRAY(Integer))
    age = func.width_bucket(func.greatest(literal(day) - BankLine.day, 0), bounds)
    statement = (
        select(
            LedgerAccount.code, BankLine.currency, age, func.count(),
            func.sum(func.greatest(BankLine.open_amount, 0)), func.sum(func.greatest(-BankLine.open_amount, 0)),
        )
        .join(LedgerAccount, LedgerAccount.id == BankLine.account_id)
        .where(BankLine.state.in_(WAITS), BankLine.day <= day)
        .group_by(LedgerAccount.code, BankLine.currency, age)
        .order_by(LedgerAccount.code, BankLine.currency, age)
    )  # fmt: skip
    rows = session.execute(statement)
    return [Waiting(code, currency, at, count, int(came), int(went)) for code, currency, at, count, came, went in rows]


@dataclass(frozen=True, slots=True)
class Promised:
    """Parts of pledges of one currency whose day was about as long ago."""

    currency: str
    age: int
    """The place of the group in AGES, as above; -1: the day is still to come."""
    count: int
    amount: int
    """What of them has not come, in minor units."""


def pledged(day: date) -> Sequence[Promised]:
    """Parts of kept pledges that had not come when this was asked, by currency and by how long ago their day was."""
    part = PledgeInstalment
    late = literal(day) - part.due_on
    bounds = literal([0, *(each + 1 for each in AGES)], ARRAY(Integer))
    age = func.width_bucket(late, bounds) - 1
    statement = (
        select(Pledge.currency, age, func.count(), func.sum(part.amount - part.received))
        .join(Pledge, Pledge.id == part.pledge_id)
        .where(part.state == InstalmentState.DUE, Pledge.state == PledgeState.ACTIVE)
        .group_by(Pledge.currency, age)
        .order_by(Pledge.currency, age)
    )
    return [Promised(currency, at, count, int(amount)) for currency, at, count, amount in session.execute(statement)]


def list_checks(_first: date, last: date) -> Sequence[MonthCheck]:
    """What the parts below have open of a month, or of one before.

    What one person alone said of money that went out stops the closing, until another has looked.
    """
    alone = select(func.count()).where(BankLine.awaits_look, BankLine.day <= last)
    lines = select(func.count()).where(BankLine.state.in_(WAITS), BankLine.day <= last)
    gifts = select(func.count()).where(Gift.state == GiftState.PENDING, Gift.expected_on <= last)
    return [
        MonthCheck(
            N_("Lines of which one person alone said where money went"), session.scalar(alone) or 0,
            "banking_staff.list_lines", {"state": TO_LOOK}, is_blocking=True,
        ),
        MonthCheck(
            N_("Lines of statements that stand for nothing yet"), session.scalar(lines) or 0, "banking_staff.list_lines"
        ),
        MonthCheck(
            N_("Gifts that were under way and neither came nor failed"), session.scalar(gifts) or 0,
            "gifts_staff.list_gifts", {"state": GiftState.PENDING.value},
        ),
        MonthCheck(
            N_("Payments that were to leave and are not said to have left"),
            _count(PaymentState.SCHEDULED, Payment.pay_on <= last), "payments_staff.list_payments",
            {"state": PaymentState.SCHEDULED.value},
        ),
        MonthCheck(
            N_("Payments that left and are not said to have arrived"),
            _count(PaymentState.SENT, Payment.sent_on <= last), "payments_staff.list_payments",
            {"state": PaymentState.SENT.value},
        ),
    ]  # fmt: skip


def _count(state: PaymentState, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(Payment.state == state, condition)) or 0
