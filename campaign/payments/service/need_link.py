"""The need that a payment is for: seen to from the submission on, fulfilled once all of it has arrived, open again
otherwise. What left in another currency counts at about what it was worth on that day; without a rate a person decides.
"""

import uuid

from sqlalchemy import select

from campaign.funds.models import Expense
from campaign.funds.queries.rates import worth
from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.money import Money
from campaign.needs.models import NeedState
from campaign.needs.queries import needs as reads
from campaign.needs.service import fulfilment
from campaign.needs.service import moves as needs
from campaign.payments.models import Payment, PaymentState

_S = PaymentState
_FULFILS = frozenset({NeedState.IN_FULFILMENT, NeedState.FULFILLED})
_OPENS = _FULFILS | {NeedState.APPROVED}
_GIVEN_UP = frozenset({_S.DRAFT, _S.CANCELLED, _S.FAILED, _S.RETURNED})


def hold(payment: Payment) -> None:
    """Take the lock of its need before the ledger's, which is taken last."""
    if _is_there(payment) and payment.need_id is not None:
        needs.locked(payment.need_id)


def begin(payment: Payment, *, actor: uuid.UUID | None) -> None:
    """See to it from now on. Raises the needs' NotThatStep when somebody sees to it already."""
    if payment.need_id is not None and _is_there(payment):
        fulfilment.begin_fulfilment(payment.need_id, actor=actor)


def tell(payment: Payment, was: PaymentState, to: PaymentState, *, actor: uuid.UUID | None) -> None:
    """Take the need along with a payment that has moved on.

    The money moves on whatever became of the need: one that is elsewhere by then stays there, and the trail says so.
    """
    if payment.need_id is None or not _is_there(payment):
        return
    if was == _S.RETURNED:
        _take_again(payment, to, actor)
        return
    arrived, given_up = to == _S.CONFIRMED and was == _S.SENT, was != _S.DRAFT and to in _GIVEN_UP
    if not arrived and not given_up:
        return
    now = needs.locked(payment.need_id).state
    if arrived and now in _FULFILS:
        fulfilment.arrived(payment.need_id, covered_of(payment.need_id), actor=actor)
    elif given_up and now in _OPENS:
        fulfilment.came_back(payment.need_id, covered_of(payment.need_id), actor=actor)
    else:
        audit.record("need.left", actor=actor, about=f"need:{payment.need_id}", reason=f"{payment.reference}: {to}")


def covered_of(need_id: uuid.UUID) -> int | None:
    """How much of what a need asks for has arrived, in minor units of its currency.

    None where it has no amount, or a rate is missing for some of what arrived.
    """
    need = reads.find_need(need_id)
    if need is None or need.money is None:
        return None
    mine = select(Payment).where(Payment.need_id == need_id, Payment.state.in_((_S.CONFIRMED, _S.RECONCILED)))
    worths = [
        worth(Money(each.amount, each.currency), need.money.currency, each.sent_on or each.created_on)
        for each in session.scalars(mine)
    ]
    return None if None in worths else sum(each.minor for each in worths if each is not None)


def _take_again(payment: Payment, to: PaymentState, actor: uuid.UUID | None) -> None:
    """It had not come back after all: what it was for is seen to again, or was fulfilled by it."""
    if payment.need_id is None:
        return
    now = needs.locked(payment.need_id).state
    if now == NeedState.APPROVED:
        fulfilment.begin_fulfilment(payment.need_id, actor=actor)
    elif now not in _FULFILS:
        audit.record("need.left", actor=actor, about=f"need:{payment.need_id}", reason=f"{payment.reference}: {to}")
        return
    if to != _S.SENT:
        fulfilment.arrived(payment.need_id, covered_of(payment.need_id), actor=actor)


def category_of(need_id: uuid.UUID) -> Expense | None:
    """The account a payment for this need is entered on; None where there is no such need."""
    found = reads.find_need(need_id)
    return Expense(f"expenses:{found.category.value}") if found is not None else None


def _is_there(payment: Payment) -> bool:
    """A need can be erased with its person; the payment stays."""
    return payment.need_id is not None and reads.find_need(payment.need_id) is not None
