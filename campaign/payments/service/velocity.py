"""What is odd about a payment: rules that raise a question for a person, and never stop anything by themselves.

The rules are those of DOMAIN.md 10 (same payee, sum in a month, round numbers), with a first payment and a fund that
has less than that beside them.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from campaign.funds.queries.balances import sums_at
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Forbidden, NotFound
from campaign.kernel.money import Money, exponent
from campaign.payments.models import (
    MOVABLE,
    PAID,
    CheckAnswer,
    CheckKind,
    Payee,
    Payment,
    PaymentCheck,
    PaymentEvent,
    PaymentState,
    Reason,
)
from campaign.payments.service.errors import NotThatStep
from campaign.payments.service.limits import takes_three
from campaign.payments.service.moves import FASTER, lock, stop

CLOSE = timedelta(days=7)
ROUND_FROM, ROUND_STEP = 500, 100
"""In whole units: from five hundred on, whole hundreds are what somebody types who pays for nothing in particular."""
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Around:
    """What else is known when a payment is submitted; amounts in its currency."""

    close: int
    """Other payments to the same payee within a week."""
    month: int
    """What the others to the same payee of this month come to."""
    month_takes_three: bool
    """Whether all of the month together would take a third person."""
    alone_takes_three: bool
    was_paid_before: bool
    """With the details as they stand: another account is another payee."""
    fund_has: int


def questions(money: Money, around: Around) -> dict[CheckKind, Facts]:
    """Which rules speak up, each with its figures."""
    whole = 10 ** exponent(money.currency)
    is_round = money.minor >= ROUND_FROM * whole and money.minor % (ROUND_STEP * whole) == 0
    found: dict[CheckKind, Facts | None] = {
        CheckKind.SAME_PAYEE: {"others": around.close} if around.close else None,
        CheckKind.MONTH_SUM: (
            {"minor": around.month + money.minor} if around.month_takes_three and not around.alone_takes_three else None
        ),
        CheckKind.ROUND_NUMBER: {} if is_round else None,
        CheckKind.NEW_PAYEE: None if around.was_paid_before else {},
        CheckKind.FUND_SHORT: {"minor": around.fund_has} if around.fund_has < money.minor else None,
    }
    return {kind: facts for kind, facts in found.items() if facts is not None}


def raise_checks(payment: Payment, *, actor: uuid.UUID) -> int:
    """Write down what is odd about a payment that was just submitted; gives how many questions that are."""
    money = Money(payment.amount, payment.currency)
    at = current_round(payment.id)
    found = questions(money, _around(payment, money))
    for kind, facts in found.items():
        session.add(
            PaymentCheck(
                id=uuid.uuid4(), payment_id=payment.id, round=at, kind=kind, facts=facts, asked_by=actor,
                raised_at=clock.now(),
            )
        )  # fmt: skip
    session.flush()
    return len(found)


def answer_check(check_id: uuid.UUID, answer: CheckAnswer, *, actor: uuid.UUID) -> Payment:
    """Say what was found; a no makes a draft of it again. Raises NotFound, NotThatStep, Forbidden for who asks."""
    payment_id = session.scalar(select(PaymentCheck.payment_id).where(PaymentCheck.id == check_id))
    if payment_id is None:
        raise NotFound
    payment = lock(payment_id)
    check = session.get_one(PaymentCheck, check_id, populate_existing=True)
    if check.answer is not None or payment.state not in MOVABLE or check.round != current_round(payment.id):
        raise NotThatStep(FASTER)
    if actor in {payment.asked_by, payment.written_by}:
        raise Forbidden(N_("You asked for this payment: somebody else answers what is odd about it."))
    check.answer, check.answered_by, check.answered_at = answer, actor, clock.now()
    session.flush()
    audit.record("payment.check", actor=actor, about=f"payment:{payment.id}", reason=f"{check.kind}: {answer}")
    if answer == CheckAnswer.STOP:
        stop(payment, PaymentState.DRAFT, Reason.CHECK, actor=actor)
    return payment


def has_open_checks(payment_id: uuid.UUID) -> bool:
    """Whether a question of the present round has no answer."""
    open_ones = select(PaymentCheck.id).where(
        PaymentCheck.payment_id == payment_id, PaymentCheck.round == current_round(payment_id),
        PaymentCheck.answer.is_(None),
    )  # fmt: skip
    return session.scalar(open_ones.limit(1)) is not None


def current_round(payment_id: uuid.UUID) -> int:
    """The how manieth time it was submitted."""
    submitted = select(func.count()).where(
        PaymentEvent.payment_id == payment_id, PaymentEvent.now == PaymentState.SUBMITTED
    )
    return session.scalar(submitted) or 0


def _around(payment: Payment, money: Money) -> Around:
    today = clock.today()
    day = func.coalesce(Payment.sent_on, Payment.pay_on, Payment.created_on)
    others = [Payment.payee_id == payment.payee_id, Payment.id != payment.id, Payment.state.in_(MOVABLE | PAID)]
    close = session.scalar(select(func.count()).where(*others, day >= today - CLOSE)) or 0
    month = session.scalar(
        select(func.sum(Payment.amount)).where(
            *others, Payment.currency == payment.currency, day >= today.replace(day=1)
        )
    )
    paid = session.scalar(
        select(Payment.id)
        .join(Payee, Payee.id == Payment.payee_id)
        .join(PaymentEvent, PaymentEvent.payment_id == Payment.id)
        .where(*others, Payment.state.in_(PAID), PaymentEvent.now == PaymentState.SENT)
        .where(PaymentEvent.happened_at >= Payee.changed_at)
        .limit(1)
    )
    sums = sums_at(today, [payment.fund_id]).get(payment.fund_id, [])
    return Around(
        close=close, month=int(month or 0), was_paid_before=paid is not None,
        month_takes_three=bool(month) and takes_three(money + Money(int(month or 0), money.currency)),
        alone_takes_three=takes_three(money),
        fund_has=next((each.has for each in sums if each.currency == money.currency), 0),
    )  # fmt: skip
