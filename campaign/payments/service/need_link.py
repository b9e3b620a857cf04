"""The need that a payment is for: seen to from the submission on, fulfilled by what arrived, open again otherwise."""

import uuid

from campaign.funds.models import Expense
from campaign.needs.queries import needs as reads
from campaign.needs.service import fulfilment
from campaign.needs.service import moves as needs
from campaign.payments.models import Payment, PaymentState

_S = PaymentState
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
    """Take the need along with a payment that has moved on."""
    if payment.need_id is None or not _is_there(payment):
        return
    if to == _S.CONFIRMED and was == _S.SENT:
        fulfilment.fulfil(payment.need_id, actor=actor)
    elif was != _S.DRAFT and to in _GIVEN_UP:
        fulfilment.back_to_approved(payment.need_id, actor=actor)


def category_of(need_id: uuid.UUID) -> Expense | None:
    """The account a payment for this need is entered on; None where there is no such need."""
    found = reads.find_need(need_id)
    return Expense(f"expenses:{found.category.value}") if found is not None else None


def _is_there(payment: Payment) -> bool:
    """A need can be erased with its person; the payment stays."""
    return payment.need_id is not None and reads.find_need(payment.need_id) is not None
