"""Files for a bank: payments that are scheduled, with accounts out of the open vault, handed out once and kept nowhere.

The accounts come as texts that the open vault gave (accounts/service/vault.py puts that on record first); here it is
looked at, under the locks, that nothing has changed since.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.vault_door import Box
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden, NotFound
from campaign.kernel.money import Money
from campaign.payments.models import Descriptor, Payee, Payment, PaymentOrder, PaymentState
from campaign.payments.service.errors import NotInTheFile
from campaign.payments.service.moves import FASTER
from campaign.payments.service.pain import MOST, Party, Transfer, write_file
from campaign.payments.service.payees import box_of, check_payable, read_details
from campaign.payments.service.payments import check_pay_day

_PREFIXES = {Descriptor.INVOICE: "Invoice ", Descriptor.ORDER: "Order ", Descriptor.SERVICES: "Services "}


@dataclass(frozen=True, slots=True)
class Opened:
    """Boxes of payees as they were opened, with what they held."""

    texts: Mapping[uuid.UUID, tuple[Box, str]]


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A file, which is kept nowhere."""

    order: PaymentOrder
    content: bytes


def descriptor_of(payment: Payment) -> str:
    """What stands on the payee's statement of account: neither a person nor a fund."""
    return f"{_PREFIXES.get(Descriptor(payment.descriptor), '')}{payment.reference}"


def boxes_for(payment_ids: Sequence[uuid.UUID]) -> list[Box]:
    """The boxes that have to be opened for these payments, one a payee. Raises NotInTheFile for none, or too many."""
    if not 1 <= len(payment_ids) <= MOST:
        raise NotInTheFile(N_("Choose at least one payment, and 500 at most."))
    payees = select(Payment.payee_id).where(Payment.id.in_(payment_ids))
    return [box_of(each) for each in session.scalars(select(Payee).where(Payee.id.in_(payees)).order_by(Payee.id))]


def hand_out(
    payment_ids: Sequence[uuid.UUID], opened: Opened, payer: Party, pay_on: date, *, actor: uuid.UUID
) -> HandedOut:
    """Make the file and say that it was handed out. What stands in it is in no other, and cannot be changed any more.

    Raises NotInTheFile, NotPayable, BadPayment for the day, and Conflict where something has changed meanwhile.
    """
    check_pay_day(pay_on)
    payees = _lock_payees(payment_ids)
    mine = select(Payment).where(Payment.id.in_(payment_ids)).order_by(Payment.id).with_for_update()
    found = session.scalars(mine.execution_options(populate_existing=True)).all()
    if len(found) != len(set(payment_ids)):
        raise NotFound
    for each in found:
        if each.state != PaymentState.SCHEDULED or each.order_id is not None or each.payee_id not in payees:
            raise Conflict(FASTER)
        check_payable(payees[each.payee_id], pay_on)
    total = sum(each.amount for each in found)
    order = PaymentOrder(
        id=uuid.uuid4(), pay_on=pay_on, payments=len(found), amount=total, made_by=actor, made_at=clock.now()
    )
    session.add(order)
    session.flush()
    transfers = [_transfer(each, payees, opened) for each in found]
    content = write_file(order.reference, payer, pay_on, transfers, made_at=order.made_at)
    for each in found:
        each.order_id = order.id
    session.flush()
    audit.record("payment.order", actor=actor, about=f"payment-order:{order.id}", amount=len(found))
    return HandedOut(order, content)


def void_order(order_id: uuid.UUID, *, actor: uuid.UUID) -> PaymentOrder:
    """Say that no bank has carried this file out, or will: what stands in it is free again.

    It takes another person than the one who made it: two files that both are carried out pay twice. Raises NotFound,
    Conflict when that was said before, Forbidden for whoever made it.
    """
    order = session.get(PaymentOrder, order_id, with_for_update=True, populate_existing=True)
    if order is None:
        raise NotFound
    if order.voided_by is not None:
        raise Conflict(FASTER)
    if order.made_by == actor:
        raise Forbidden(
            N_("You made this file: somebody else makes sure that no bank has it and says that it is void.")
        )
    mine = select(Payment).where(Payment.order_id == order_id, Payment.state == PaymentState.SCHEDULED)
    for each in session.scalars(mine.order_by(Payment.id).with_for_update().execution_options(populate_existing=True)):
        each.order_id = None
    order.voided_by, order.voided_at = actor, clock.now()
    session.flush()
    audit.record("payment.order_void", actor=actor, about=f"payment-order:{order.id}")
    return order


def _lock_payees(payment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Payee]:
    wanted = select(Payment.payee_id).where(Payment.id.in_(payment_ids))
    statement = select(Payee).where(Payee.id.in_(wanted)).order_by(Payee.id).with_for_update()
    return {each.id: each for each in session.scalars(statement.execution_options(populate_existing=True))}


def _transfer(payment: Payment, payees: Mapping[uuid.UUID, Payee], opened: Opened) -> Transfer:
    payee = payees[payment.payee_id] if payment.payee_id else None
    box, text = opened.texts.get(payee.id, (None, "")) if payee else (None, "")
    if payee is None or box is None or box.sealed != payee.details_sealed:
        raise Conflict(N_("The details of a payee have changed meanwhile. Begin again."))
    details = read_details(text)
    to = Party(details.name, details.iban, details.bic)
    return Transfer(payment.reference, Money(payment.amount, payment.currency), to, descriptor_of(payment))
