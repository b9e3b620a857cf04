"""The one way in which a payment changes its state, and its history.

Locks are taken in one order: the payee, the payment, its need, and last whatever the ledger takes.
"""

import uuid

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.payments.models import MOVABLE, OVER, Payee, Payment, PaymentEvent, PaymentState, Reason
from campaign.payments.service import need_link
from campaign.payments.service.errors import NotThatStep

_S = PaymentState
_STOPS = frozenset({_S.DRAFT, _S.CANCELLED})
MOVES = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.CANCELLED}),
    _S.SUBMITTED: frozenset({_S.REVIEWED}) | _STOPS,
    _S.REVIEWED: frozenset({_S.APPROVED, _S.SCHEDULED}) | _STOPS,
    _S.APPROVED: frozenset({_S.SCHEDULED}) | _STOPS,
    _S.SCHEDULED: frozenset({_S.SENT}) | _STOPS,
    _S.SENT: frozenset({_S.CONFIRMED, _S.FAILED, _S.RETURNED}),
    _S.CONFIRMED: frozenset({_S.RECONCILED, _S.RETURNED}),
    _S.RECONCILED: frozenset({_S.CONFIRMED, _S.RETURNED}),
    _S.FAILED: frozenset[PaymentState](),
    # Only where the line of a statement that had said so is taken back.
    _S.RETURNED: frozenset({_S.SENT, _S.CONFIRMED, _S.RECONCILED}),
    _S.CANCELLED: frozenset[PaymentState](),
}
FASTER = N_("Somebody else has taken this step, or another one, a moment ago. Nothing was done twice.")
_IN_A_FILE = N_(
    "It stands in a file that was handed out for the bank. First a second person says that this file is void."
)


def lock(payment_id: uuid.UUID, seen_version: int | None = None) -> Payment:
    """The payment under its lock, as whoever acts has seen it. Raises NotFound, Conflict."""
    statement = select(Payment).where(Payment.id == payment_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if seen_version is not None and found.version != seen_version:
        raise Conflict(N_("Somebody else has done something with this payment meanwhile. Look at it again."))
    return found


def lock_with_payee(payment_id: uuid.UUID, seen_version: int | None = None) -> tuple[Payment, Payee]:
    """Both under their locks, so that nobody says meanwhile that the payee may not be paid.

    Raises NotFound, Conflict, NotThatStep for a payment without a payee.
    """
    payee_id = session.scalar(select(Payment.payee_id).where(Payment.id == payment_id))
    if payee_id is None:
        lock(payment_id)
        raise NotThatStep(N_("This payment has no payee yet."))
    payee = session.get_one(Payee, payee_id, with_for_update=True, populate_existing=True)
    found = lock(payment_id, seen_version)
    if found.payee_id != payee.id:
        raise Conflict(FASTER)
    return found, payee


def move(payment: Payment, to: PaymentState, *, actor: uuid.UUID | None, reason: Reason | None = None) -> None:
    """Along MOVES, with a line of its history and of the audit trail. The caller holds its lock. Raises NotThatStep."""
    was = PaymentState(payment.state)
    if to not in MOVES[was]:
        raise NotThatStep(FASTER)
    payment.state = to
    payment.ended_on = clock.today() if to in OVER else None
    if to in _STOPS:
        payment.reviewed_by = payment.approved_by = payment.pay_on = payment.order_id = None
    if to == _S.DRAFT:
        payment.asked_by, payment.needs_third = None, True
    _note(payment, was, actor, reason)
    need_link.tell(payment, was, to, actor=actor)


def stop(
    payment: Payment, to: PaymentState, reason: Reason, *, actor: uuid.UUID | None
) -> None:  # fmt: skip
    """Back to a draft, or to its end. Raises NotThatStep, Conflict while it stands in a file for the bank."""
    if payment.state == _S.SCHEDULED and payment.order_id is not None:
        raise Conflict(_IN_A_FILE)
    move(payment, to, actor=actor, reason=reason)


def restart_of_payee(
    payee_id: uuid.UUID, reason: Reason, *, actor: uuid.UUID | None, skip_ordered: bool = False
) -> int:  # fmt: skip
    """Make drafts of all that is under way to a payee, whose lock the caller holds; gives how many.

    Raises Conflict while one stands in a file that a bank may have; with `skip_ordered` those are left as they are.
    """
    mine = select(Payment).where(Payment.payee_id == payee_id, Payment.state.in_(MOVABLE)).order_by(Payment.id)
    found = session.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()
    done = [each for each in found if not (skip_ordered and each.order_id is not None)]
    for each in done:
        stop(each, _S.DRAFT, reason, actor=actor)
    return len(done)


def _note(payment: Payment, was: PaymentState, actor: uuid.UUID | None, reason: Reason | None) -> None:
    session.add(
        PaymentEvent(
            payment_id=payment.id, was=was, now=payment.state, reason=reason, actor_id=actor, happened_at=clock.now()
        )
    )
    session.flush()
    audit.record(f"payment.{payment.state}", actor=actor, about=f"payment:{payment.id}", reason=reason or "")
