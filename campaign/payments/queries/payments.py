"""Reads of payments: lists, one with all that belongs to it, and what waits for somebody."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from campaign.funds.models import Expense, Fund
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.needs.models import NeedState
from campaign.needs.queries.needs import find_need
from campaign.payments.models import (
    LIVE,
    MOVABLE,
    PAID,
    BankedLine,
    LimitState,
    Payee,
    Payment,
    PaymentCheck,
    PaymentEvent,
    PaymentFile,
    PaymentLimit,
    PaymentOrder,
    PaymentState,
)

_S = PaymentState
DAY = func.coalesce(Payment.sent_on, Payment.pay_on, Payment.created_on)
SORTS = {
    "number": (Payment.number,), "amount": (Payment.currency, Payment.amount), "state": (Payment.state,), "day": (DAY,),
}  # fmt: skip
CHECKS = "checks"
"""A word of the filter by state: those with a question that nobody has answered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows a list."""

    number: int | None = None
    state: str = ""
    fund_id: uuid.UUID | None = None
    payee_id: uuid.UUID | None = None
    category: str = ""
    currency: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = ""


def payments(wanted: Wanted) -> Select[Payment]:
    """Payments for a list, newest first unless sorted."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.number is not None:
        conditions.append(Payment.number == wanted.number)
    if wanted.state == CHECKS:
        conditions.append(_has_open_check())
    elif wanted.state in set(PaymentState):
        conditions.append(Payment.state == wanted.state)
    if wanted.fund_id is not None:
        conditions.append(Payment.fund_id == wanted.fund_id)
    if wanted.payee_id is not None:
        conditions.append(Payment.payee_id == wanted.payee_id)
    if wanted.category in set(Expense):
        conditions.append(Payment.category == wanted.category)
    if wanted.currency:
        conditions.append(Payment.currency == wanted.currency)
    if wanted.since is not None:
        conditions.append(wanted.since <= DAY)
    if wanted.until is not None:
        conditions.append(wanted.until >= DAY)
    columns = SORTS.get(wanted.sort.removeprefix("-"), ())
    orders = [each.desc() if wanted.sort.startswith("-") else each.asc() for each in columns]
    return select(Payment).where(*conditions).order_by(*orders, Payment.number.desc())


def get_payment(payment_id: uuid.UUID) -> Payment:
    """One of them; raises NotFound."""
    found = session.get(Payment, payment_id)
    if found is None:
        raise NotFound
    return found


def holds_need(need_id: uuid.UUID) -> bool:
    """Whether one is under way for this need, or what arrived has fulfilled it. Paid in part, and nothing under way for
    what is open, is in the hands of coordinators: they may say that nothing more is needed."""
    states = set(session.scalars(select(Payment.state).where(Payment.need_id == need_id)))
    need = find_need(need_id)
    is_covered = need is not None and need.state == NeedState.FULFILLED and not need.is_in_part
    return bool(states & LIVE) or (is_covered and bool(states & PAID))


def list_events(payment_id: uuid.UUID) -> Sequence[PaymentEvent]:
    """Every step, oldest first."""
    mine = select(PaymentEvent).where(PaymentEvent.payment_id == payment_id)
    return session.scalars(mine.order_by(PaymentEvent.id)).all()


def list_checks(payment_id: uuid.UUID) -> Sequence[PaymentCheck]:
    """What was odd about it, the latest round first."""
    mine = select(PaymentCheck).where(PaymentCheck.payment_id == payment_id)
    return session.scalars(mine.order_by(PaymentCheck.round.desc(), PaymentCheck.kind)).all()


def payment_of_check(check_id: uuid.UUID) -> uuid.UUID:
    """Whose question it is; raises NotFound."""
    found = session.scalar(select(PaymentCheck.payment_id).where(PaymentCheck.id == check_id))
    if found is None:
        raise NotFound
    return found


def list_files(payment_id: uuid.UUID) -> Sequence[PaymentFile]:
    """Its evidence without the pictures themselves."""
    mine = select(PaymentFile).where(PaymentFile.payment_id == payment_id)
    return session.scalars(mine.order_by(PaymentFile.number)).all()


def list_banked(payment_id: uuid.UUID) -> Sequence[BankedLine]:
    """The lines of statements that are this payment."""
    mine = select(BankedLine).where(BankedLine.payment_id == payment_id)
    return session.scalars(mine.order_by(BankedLine.taken_on)).all()


def list_limits() -> Sequence[PaymentLimit]:
    """What holds and what waits, by currency."""
    shown = select(PaymentLimit).where(PaymentLimit.state.in_((LimitState.CURRENT, LimitState.WAITING)))
    return session.scalars(shown.order_by(PaymentLimit.currency, PaymentLimit.state)).all()


def list_for_order() -> Sequence[tuple[Payment, Payee]]:
    """What can be in a SEPA file: scheduled, in euros, to an IBAN, and in no file yet."""
    statement = (
        select(Payment, Payee)
        .join(Payee, Payee.id == Payment.payee_id)
        .where(Payment.state == _S.SCHEDULED, Payment.currency == "EUR", Payment.order_id.is_(None), Payee.takes_sepa)
        .order_by(Payment.pay_on, Payment.number)
    )
    return [(payment, payee) for payment, payee in session.execute(statement)]


def list_orders() -> Sequence[PaymentOrder]:
    """Files that were handed out, newest first."""
    return session.scalars(select(PaymentOrder).order_by(PaymentOrder.number.desc()).limit(50)).all()


def count_to_review(account: uuid.UUID) -> int:
    """How many wait for a second person who is this one."""
    return _count(Payment.state == _S.SUBMITTED, _is_not(account, Payment.asked_by, Payment.written_by))


def count_to_approve(account: uuid.UUID) -> int:
    """How many wait for a third person who is this one."""
    others = _is_not(account, Payment.asked_by, Payment.written_by, Payment.reviewed_by)
    return _count(Payment.state == _S.REVIEWED, Payment.needs_third, others)


def count_with_checks(account: uuid.UUID) -> int:
    """How many have a question that this person may answer."""
    return _count(_has_open_check(), _is_not(account, Payment.asked_by, Payment.written_by))


def count_due(today: date) -> int:
    """How many were to leave by today and are not said to have left."""
    return _count(Payment.state == _S.SCHEDULED, Payment.pay_on <= today)


def count_of_fund(fund_id: uuid.UUID) -> dict[PaymentState, int]:
    """How many payments of a fund stand where, in the order of their way."""
    counted = select(Payment.state, func.count()).where(Payment.fund_id == fund_id).group_by(Payment.state)
    found = dict(session.execute(counted).all())
    return {each: found[each] for each in PaymentState if each in found}


def count_limits_waiting(account: uuid.UUID) -> int:
    """How many limits wait for a second person who is this one."""
    statement = select(func.count()).where(PaymentLimit.state == LimitState.WAITING, PaymentLimit.asked_by != account)
    return session.scalar(statement) or 0


def codes_of(payees: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What payees are called."""
    return {each.id: each.code for each in session.scalars(select(Payee).where(Payee.id.in_(payees)))}


def fund_codes(funds: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What exports call funds, so that they hold no title."""
    return {each.id: each.code for each in session.scalars(select(Fund).where(Fund.id.in_(funds)))}


def _is_not(account: uuid.UUID, *columns: InstrumentedAttribute[uuid.UUID | None]) -> ColumnElement[bool]:
    return and_(*(each.is_distinct_from(account) for each in columns))


def _has_open_check() -> ColumnElement[bool]:
    """A question of before it was submitted again counts no more."""
    submitted = (
        select(func.count())
        .where(PaymentEvent.payment_id == Payment.id, PaymentEvent.now == _S.SUBMITTED)
        .correlate(Payment)
        .scalar_subquery()
    )
    open_ones = select(PaymentCheck.id).where(
        PaymentCheck.payment_id == Payment.id, PaymentCheck.answer.is_(None), PaymentCheck.round == submitted
    )
    return Payment.state.in_(MOVABLE) & open_ones.correlate(Payment).exists()


def _count(*conditions: ColumnElement[bool] | InstrumentedAttribute[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Payment).where(*conditions)) or 0
