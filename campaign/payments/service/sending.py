"""What becomes of a payment once it has left: in the books, confirmed, failed, come back."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from campaign.funds.models import Expense, LedgerAccount, LedgerEntry, LedgerPosting, Memo
from campaign.funds.service import ledger, periods
from campaign.funds.service.ledger import Line, Source
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.money import Money
from campaign.payments.models import (
    BankedLine,
    ConfirmedBy,
    FileKind,
    Payment,
    PaymentEvent,
    PaymentFile,
    PaymentState,
    Reason,
)
from campaign.payments.service import need_link
from campaign.payments.service.errors import BadPayment, NotThatStep
from campaign.payments.service.moves import FASTER, lock, move

SOURCE, BACK = "payment", "payment_back"
LARGEST_FEE = 10
"""One part of so many: a fee above a tenth of the payment is a slip of the hand."""
_S = PaymentState


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a payment left: when, from which account of ours, and what that cost."""

    day: date
    account: str
    fee: int = 0


def mark_sent(payment_id: uuid.UUID, leaving: Leaving, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Say that it has left, and enter it: the help by its category, the fee apart. Once, whoever presses how often.

    Raises NotFound, Conflict, NotThatStep unless it is scheduled, BadPayment and BadEntry.
    """
    found = lock(payment_id, seen_version)
    if found.state != _S.SCHEDULED:
        raise NotThatStep(FASTER)
    _check_day(leaving.day, found.created_on)
    if not 0 <= leaving.fee <= max(found.amount // LARGEST_FEE, 5_000):
        raise BadPayment(N_("A fee is zero or more, and no more than a tenth of the payment. Please check it."))
    lines = [Line(found.category, found.fund_id, Money(found.amount, found.currency))]
    if leaving.fee:
        lines.append(Line(Expense.FEES, found.fund_id, Money(leaving.fee, found.currency)))
    lines.append(Line(leaving.account, found.fund_id, Money(-found.amount - leaving.fee, found.currency)))
    entry = ledger.post(
        lines, memo=Memo.PAYMENT, happened_on=periods.book_day(leaving.day), actor=actor,
        reference=found.reference, source=Source(SOURCE, found.id),
    )  # fmt: skip
    found.account, found.fee, found.sent_on = leaving.account, leaving.fee, leaving.day
    found.entry_number = entry.number
    move(found, _S.SENT, actor=actor)
    return found


def confirm(payment_id: uuid.UUID, how: ConfirmedBy, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Say that it arrived: a receipt says so, or a person. With its bank line there already it is reconciled at once.

    Raises NotFound, Conflict, NotThatStep, BadPayment for a receipt that is not among its evidence.
    """
    found = lock(payment_id, seen_version)
    if found.state != _S.SENT:
        raise NotThatStep(FASTER)
    if how == ConfirmedBy.RECEIPT and not _has_receipt(found.id):
        raise BadPayment(N_("Add the receipt to its evidence first."))
    found.confirmed_how = how
    move(found, _S.CONFIRMED, actor=actor)
    if still_open(found) == 0:
        move(found, _S.RECONCILED, actor=actor)
    return found


def fail(payment_id: uuid.UUID, day: date, *, seen_version: int, actor: uuid.UUID) -> Payment:
    """Say that it never left, though it was entered: the bank refused it. The entry is taken back whole, once.

    Raises NotFound, Conflict, NotThatStep, BadPayment when a line of the bank says that it did leave.
    """
    found = lock(payment_id, seen_version)
    if found.state != _S.SENT or found.entry_number is None:
        raise NotThatStep(FASTER)
    if _banked(found.id):
        raise BadPayment(N_("A line of the bank says that it left. Say that it came back, or undo that match first."))
    _check_day(day, found.sent_on or found.created_on)
    need_link.hold(found)
    back = ledger.reverse(found.entry_number, memo=Memo.DID_NOT_HAPPEN, happened_on=periods.book_day(day), actor=actor)
    found.back_number = back.number
    move(found, _S.FAILED, actor=actor, reason=Reason.BANK_REFUSED)
    return found


def came_back(
    payment_id: uuid.UUID, money: Money, day: date, *, seen_version: int, actor: uuid.UUID | None,
    source_id: uuid.UUID | None = None,
) -> Payment:  # fmt: skip
    """Say that the money is with us again, once; what is missing of it was the cost of its way, and entered as a fee.

    `source_id` where a line of a statement says so: that is taken back with its line, and can be said again. Raises
    NotFound, Conflict, NotThatStep, BadPayment for more than was sent.
    """
    found = lock(payment_id, seen_version)
    if found.state not in {_S.SENT, _S.CONFIRMED, _S.RECONCILED}:
        raise NotThatStep(FASTER)
    _check_day(day, found.sent_on or found.created_on)
    if money.currency != found.currency or not 0 < money.minor <= found.amount:
        raise BadPayment(N_("What came back is above zero, and no more than was sent, in the same currency."))
    lost = Money(found.amount, found.currency) - money
    lines = [
        Line(str(found.account), found.fund_id, money),
        Line(found.category, found.fund_id, -Money(found.amount, found.currency)),
    ]  # fmt: skip
    if lost.minor:
        lines.append(Line(Expense.FEES, found.fund_id, lost))
    need_link.hold(found)
    back = ledger.post(
        lines, memo=Memo.PAYMENT_RETURNED, happened_on=periods.book_day(day), actor=actor,
        reference=found.reference, source=Source(BACK, source_id or found.id),
    )  # fmt: skip
    found.back_number = back.number
    move(found, _S.RETURNED, actor=actor, reason=Reason.CAME_BACK)
    return found


def not_back_after_all(payment: Payment, was: PaymentState, *, actor: uuid.UUID) -> None:
    """Take back that the money is with us again: its entry is reversed, and the payment stands where it stood. The
    caller holds the lock of the payment. Raises NotThatStep, BadEntry."""
    if payment.state != _S.RETURNED or payment.back_number is None:
        raise NotThatStep(FASTER)
    need_link.hold(payment)
    entry = session.get_one(LedgerEntry, payment.back_number)
    day = max(periods.book_day(clock.today()), entry.happened_on)
    ledger.reverse(entry.number, memo=Memo.DID_NOT_HAPPEN, happened_on=day, actor=actor)
    payment.back_number = None
    move(payment, was, actor=actor)
    if was == _S.RECONCILED:
        payment.ended_on = _reconciled_on(payment.id) or payment.ended_on
        session.flush()


def amount_back(payment: Payment) -> int:
    """How much of it came back to its account, as the books say; what has not come back yet: all of it."""
    if payment.back_number is None:
        return payment.amount
    place = select(LedgerAccount.id).where(LedgerAccount.code == payment.account).scalar_subquery()
    sums = select(func.sum(LedgerPosting.amount)).where(
        LedgerPosting.entry_number == payment.back_number, LedgerPosting.account_id == place
    )
    return int(session.scalar(sums) or 0)


def still_open(payment: Payment) -> int:
    """How much of what left stands on no line of a statement yet, fees with it; the fee may have a line of its own."""
    return max(payment.amount + payment.fee - _banked(payment.id), 0)


def _banked(payment_id: uuid.UUID) -> int:
    mine = select(BankedLine.amount).where(BankedLine.payment_id == payment_id, BankedLine.is_back.is_(False))
    amounts = session.scalars(mine)
    return sum(amounts)


def _reconciled_on(payment_id: uuid.UUID) -> date | None:
    mine = select(PaymentEvent.happened_at).where(
        PaymentEvent.payment_id == payment_id, PaymentEvent.now == _S.RECONCILED, PaymentEvent.was != _S.RETURNED
    )
    last = session.scalar(mine.order_by(PaymentEvent.happened_at.desc()).limit(1))
    return last.date() if last is not None else None


def _has_receipt(payment_id: uuid.UUID) -> bool:
    receipt = select(PaymentFile.id).where(
        PaymentFile.payment_id == payment_id, PaymentFile.kind == FileKind.RECEIPT
    )  # fmt: skip
    return session.scalar(receipt.limit(1)) is not None


def _check_day(day: date, earliest: date) -> None:
    if day > clock.today():
        raise BadPayment(N_("This day is still ahead. Only what has happened is entered."))
    if day < earliest:
        raise BadPayment(N_("This day is before the payment was there. Please check it."))
