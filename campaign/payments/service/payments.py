"""A payment from its draft to the day it is to leave: written, submitted, reviewed, approved, scheduled.

Whoever asks never approves. The persons are columns with constraints, so that no other way leads here either.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from campaign.funds.models import POSTABLE, Expense, Fund
from campaign.funds.service.ledger import Source
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Forbidden
from campaign.kernel.money import BadAmount, Money
from campaign.payments.models import (
    EXPENSES,
    MOVABLE,
    NOTE,
    SCOPE,
    Descriptor,
    Payee,
    Payment,
    PaymentEvent,
    PaymentState,
    Reason,
)
from campaign.payments.service import need_link
from campaign.payments.service.errors import BadPayment, ChecksOpen, NotThatStep
from campaign.payments.service.limits import takes_three
from campaign.payments.service.moves import FASTER, lock, lock_with_payee, move, stop
from campaign.payments.service.payees import check_payable
from campaign.payments.service.velocity import has_open_checks, raise_checks

AHEAD = timedelta(days=60)
"""How far ahead a payment is scheduled at most: what is known of the payee would be too old by then."""
LARGEST = 10**12
"""In minor units; more is a slip of the hand."""
LONGEST_NOTE = 2000
_S = PaymentState


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """What a payment says."""

    fund_id: uuid.UUID
    category: Expense
    money: Money
    payee_id: uuid.UUID | None = None
    need_id: uuid.UUID | None = None
    descriptor: Descriptor = Descriptor.REFERENCE
    note: str = ""


def draft_payment(
    fund_id: uuid.UUID, need_id: uuid.UUID | None, category: Expense, money: Money, payee_id: uuid.UUID | None, *,
    actor: uuid.UUID | None, source: Source | None = None, note: str = "",
    descriptor: Descriptor = Descriptor.REFERENCE, is_demo: bool = False,
) -> Payment:  # fmt: skip
    """Write a draft, which a treasurer submits; nothing else happens by it.

    For the same `source` it gives the one there is. Raises BadPayment for an amount, a fund, a need or a
    payee that cannot be.
    """
    if source is not None:
        same = select(Payment).where(Payment.source_kind == source.kind, Payment.source_id == source.id)
        if (known := session.scalar(same)) is not None:
            return known
    made = Payment(
        id=uuid.uuid4(), state=_S.DRAFT, created_on=clock.today(), needs_third=True, is_demo=is_demo,
        source_kind=source.kind if source else None, source_id=source.id if source else None, fee=0,
    )  # fmt: skip
    _fill_in(made, PaymentDraft(fund_id, category, money, payee_id, need_id, descriptor, note), actor)
    session.add(made)
    session.flush()
    session.add(
        PaymentEvent(payment_id=made.id, was="", now=_S.DRAFT, actor_id=actor, happened_at=clock.now())
    )  # fmt: skip
    session.flush()
    audit.record("payment.drafted", actor=actor, about=f"payment:{made.id}")
    return made


def edit_payment(payment_id: uuid.UUID, draft: PaymentDraft, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Write it anew; what was submitted, reviewed, approved or scheduled begins again, whoever had said yes to it.

    Raises NotFound, Conflict, NotThatStep once it was sent or cancelled, BadPayment.
    """
    found = lock(payment_id, seen_version)
    if found.state in MOVABLE:
        stop(found, _S.DRAFT, Reason.CHANGED, actor=actor)
    elif found.state != _S.DRAFT:
        raise NotThatStep(FASTER)
    _fill_in(found, draft, actor)
    session.flush()
    audit.record("payment.edited", actor=actor, about=f"payment:{found.id}")
    return found


def submit(payment_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Ask for it. The rules may raise questions, which somebody else answers.

    Raises NotFound, Conflict, NotThatStep, BadPayment, and what beginning to fulfil its need raises.
    """
    found, payee = lock_with_payee(payment_id, seen_version)
    if not payee.is_active:
        raise BadPayment(N_("This payee is not paid any more."))
    _check_fund(found.fund_id)
    need_link.begin(found, actor=actor)
    found.asked_by, found.needs_third = actor, takes_three(_money(found))
    move(found, _S.SUBMITTED, actor=actor)
    raise_checks(found, actor=actor)
    return found


def review(payment_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Say, as a second person, that it is right. Raises NotFound, Conflict, NotThatStep, Forbidden for who asks."""
    found = lock(payment_id, seen_version)
    _check_other(actor, found.asked_by, found.written_by)
    found.reviewed_by, found.needs_third = actor, takes_three(_money(found))
    move(found, _S.REVIEWED, actor=actor)
    return found


def approve(payment_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Approve, as a third person, what is above the limit. Raises NotFound, Conflict, NotThatStep, Forbidden."""
    found = lock(payment_id, seen_version)
    if found.state != _S.REVIEWED:
        raise NotThatStep(FASTER)
    _check_other(actor, found.asked_by, found.written_by, found.reviewed_by)
    found.approved_by, found.needs_third = actor, takes_three(_money(found))
    move(found, _S.APPROVED, actor=actor)
    return found


def schedule(payment_id: uuid.UUID, pay_on: date, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Say on which day it is to leave. Whether the payee may be paid on that day is looked at again.

    Raises NotFound, Conflict, NotThatStep, NotPayable, ChecksOpen, BadPayment for another day or a fund that is closed,
    Forbidden while its third person is missing.
    """
    found, payee = lock_with_payee(payment_id, seen_version)
    if found.state not in {_S.REVIEWED, _S.APPROVED}:
        raise NotThatStep(FASTER)
    check_pay_day(pay_on)
    check_payable(payee, pay_on)
    _check_fund(found.fund_id)
    if has_open_checks(found.id):
        raise ChecksOpen(N_("Something is odd about this payment. Somebody else than the asker answers that first."))
    # The limit may have been lowered since.
    found.needs_third = takes_three(_money(found))
    if found.needs_third and found.approved_by is None:
        raise Forbidden(N_("This amount takes a third person, who has asked for it and reviewed it neither."))
    found.pay_on = pay_on
    move(found, _S.SCHEDULED, actor=actor)
    return found


def send_back(payment_id: uuid.UUID, reason: Reason, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Make a draft of it again: its asker takes it back, or another says what is wrong. Raises as `stop` does."""
    found = lock(payment_id, seen_version)
    if found.state not in MOVABLE:
        raise NotThatStep(FASTER)
    stop(found, _S.DRAFT, Reason.TAKEN_BACK if actor == found.asked_by else reason, actor=actor)
    return found


def cancel(payment_id: uuid.UUID, reason: Reason, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """End it before anything was sent. Raises as `stop` does."""
    found = lock(payment_id, seen_version)
    stop(found, _S.CANCELLED, reason, actor=actor)
    return found


def open_note(payment: Payment) -> str:
    """What whoever asks wants the others to know; the caller has put the look on record."""
    return NOTE.unseal(SCOPE, payment.id, payment.note_sealed) if payment.note_sealed else ""


def _fill_in(found: Payment, draft: PaymentDraft, actor: uuid.UUID | None) -> None:
    _check_amount(draft.money)
    _check_fund(draft.fund_id)
    if draft.category not in EXPENSES:
        raise BadPayment(N_("Say what it is for. Fees are entered beside the payment."))
    payee = session.get(Payee, draft.payee_id) if draft.payee_id else None
    if draft.payee_id and (payee is None or not payee.is_active):
        raise BadPayment(N_("There is no such payee, or they are not paid any more."))
    if draft.need_id and need_link.category_of(draft.need_id) != draft.category:
        raise BadPayment(N_("There is no such need, or it is one of another kind than this payment."))
    found.fund_id, found.need_id, found.payee_id = draft.fund_id, draft.need_id, draft.payee_id
    found.category, found.amount, found.currency = draft.category, draft.money.minor, draft.money.currency
    found.descriptor, found.written_by = draft.descriptor, actor
    note = draft.note.strip()[:LONGEST_NOTE]
    if note:
        keyring.ensure(SCOPE)
    found.note_sealed = NOTE.seal(SCOPE, found.id, note) if note else None


def _check_amount(money: Money) -> None:
    try:
        Money(money.minor, money.currency)
    except BadAmount as problem:
        raise BadPayment(problem.message) from problem
    if money.minor <= 0:
        raise BadPayment(N_("A payment is an amount above zero."))
    if money.minor > LARGEST:
        raise BadPayment(N_("This amount is too large. Please check it."))


def _check_fund(fund_id: uuid.UUID) -> None:
    state = session.scalar(select(Fund.state).where(Fund.id == fund_id))
    if state not in POSTABLE:
        raise BadPayment(N_("This fund is not open for payments: it waits for its review, or it is closed."))


def check_pay_day(pay_on: date) -> None:
    """Raise BadPayment for a day that is over or too far ahead."""
    today = clock.today()
    if pay_on < today:
        raise BadPayment(N_("This day is over. A payment is scheduled for today or later."))
    if pay_on > today + AHEAD:
        raise BadPayment(N_("This day is too far ahead: payments are scheduled for the next 60 days."))


def _check_other(actor: uuid.UUID, *others: uuid.UUID | None) -> None:
    if actor in others:
        raise Forbidden(N_("You have had a part in this payment already. This step takes another person."))


def _money(payment: Payment) -> Money:
    return Money(payment.amount, payment.currency)
