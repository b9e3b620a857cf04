"""What a line of a bank statement has to do with a payment: it says that it really left, or that it came back
(kernel/registry_money.py)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts, Candidate
from campaign.payments.models import PAID, BankedLine, Payment, PaymentState
from campaign.payments.service.errors import BadPayment, NotThatStep
from campaign.payments.service.moves import FASTER, lock, move
from campaign.payments.service.sending import amount_back, came_back, not_back_after_all, still_open

NEAR = timedelta(days=10)
LATE = timedelta(days=60)
"""So long after it left a payment may come back, where the line names none."""
_S = PaymentState


class PaymentTaker:
    """Payments as lines of statements see them: by reference and amount, and never by whom they went to."""

    label = N_("A payment")

    def candidates(self, lines: Sequence[BankFacts]) -> Mapping[uuid.UUID, Sequence[Candidate]]:
        """Sent ones that no line stands for yet, and for what came in those that it may have come back of; see
        LineTaker."""
        return {**_left(lines), **_came_back(lines)}

    def find(self, ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, Candidate]:
        """Given ones; see LineTaker."""
        states = PAID | {_S.RETURNED}
        found = session.scalars(select(Payment).where(Payment.id.in_(ids), Payment.state.in_(states)))
        return {each.id: candidate_of(each) for each in found}

    def take(self, candidate_id: uuid.UUID, amount: Money, line: BankFacts, *, actor: uuid.UUID | None) -> None:
        """The line is this payment, or its fee: with all of it there, a confirmed one is reconciled. Its entry was
        written when it was sent, so nothing is posted. What came in says that it came back, which is entered unless
        somebody has said so already; see LineTaker."""
        found = lock(candidate_id)
        if amount.minor > 0:
            _take_back(found, amount, line, actor)
            return
        if found.state not in {_S.SENT, _S.CONFIRMED}:
            raise NotThatStep(FASTER)
        if found.account != line.account:
            raise BadPayment(N_("This payment was sent from another account than the one of this statement."))
        if amount.currency != found.currency or amount.minor >= 0:
            raise BadPayment(N_("A payment is a line of money that went out, in the same currency."))
        if -amount.minor > still_open(found):
            raise BadPayment(N_("This is more than what is still open of the payment."))
        if session.get(BankedLine, (found.id, line.line_id)) is not None:
            raise NotThatStep(FASTER)
        session.add(
            BankedLine(
                payment_id=found.id, line_id=line.line_id, amount=-amount.minor, taken_by=actor,
                taken_on=clock.today(),
            )
        )  # fmt: skip
        session.flush()
        audit.record("payment.banked", actor=actor, about=f"payment:{found.id}")
        if found.state == _S.CONFIRMED and still_open(found) == 0:
            move(found, _S.RECONCILED, actor=actor)

    def give_back(self, candidate_id: uuid.UUID, line_id: uuid.UUID, *, actor: uuid.UUID) -> None:
        """Undo that; a reconciled one is confirmed again, and one that the line alone had said to have come back stands
        where it stood before; see LineTaker."""
        found = lock(candidate_id)
        banked = session.get(BankedLine, (found.id, line_id), with_for_update=True, populate_existing=True)
        if banked is not None and banked.is_back:
            _give_back(found, banked, actor)
            return
        if banked is None or found.state not in PAID:
            raise NotThatStep(N_("This payment came back meanwhile, or the line is not matched with it any more."))
        session.delete(banked)
        session.flush()
        audit.record("payment.unbanked", actor=actor, about=f"payment:{found.id}")
        if found.state == _S.RECONCILED:
            move(found, _S.CONFIRMED, actor=actor)


def _left(lines: Sequence[BankFacts]) -> Mapping[uuid.UUID, Sequence[Candidate]]:
    out = [each for each in lines if each.amount.minor < 0]
    if not out:
        return {}
    wanted = [_fits(each) for each in out]
    numbers = {number for each in out for number in _numbers(each)}
    statement = select(Payment).where(
        Payment.state.in_({_S.SENT, _S.CONFIRMED}), or_(Payment.number.in_(numbers), *wanted)
    )
    open_ones = [each for each in session.scalars(statement.order_by(Payment.number)) if still_open(each)]
    return {line.line_id: [candidate_of(each) for each in open_ones if _is_for(each, line)] for line in out}


def _came_back(lines: Sequence[BankFacts]) -> Mapping[uuid.UUID, Sequence[Candidate]]:
    came = [each for each in lines if each.amount.minor > 0]
    if not came:
        return {}
    numbers = {number for each in came for number in _numbers(each)}
    known = select(BankedLine.payment_id).where(BankedLine.is_back)
    near = [
        and_(
            Payment.currency == each.amount.currency, Payment.account == each.account,
            # What somebody said to have come back may be less than what was sent.
            or_(Payment.amount == each.amount.minor, Payment.state == _S.RETURNED),
            Payment.sent_on.between(each.day - LATE, each.day),
        )
        for each in came
    ]  # fmt: skip
    statement = select(Payment).where(
        Payment.state.in_(PAID | {_S.RETURNED}), Payment.id.not_in(known), or_(Payment.number.in_(numbers), *near)
    )
    found = session.scalars(statement.order_by(Payment.number)).all()
    return {line.line_id: [_back_of(each) for each in found if _is_back_of(each, line)] for line in came}


def _take_back(found: Payment, amount: Money, line: BankFacts, actor: uuid.UUID | None) -> None:
    if found.state not in PAID | {_S.RETURNED}:
        raise NotThatStep(FASTER)
    if found.account != line.account:
        raise BadPayment(N_("This payment was sent from another account than the one of this statement."))
    known = select(BankedLine.line_id).where(BankedLine.payment_id == found.id, BankedLine.is_back)
    if session.scalar(known) is not None:
        raise NotThatStep(FASTER)
    was = None if found.state == _S.RETURNED else PaymentState(found.state)
    if was is None and (amount.currency, amount.minor) != (found.currency, amount_back(found)):
        raise BadPayment(N_("Another amount was entered as having come back. A line is matched with exactly that."))
    if session.get(BankedLine, (found.id, line.line_id)) is not None:
        raise NotThatStep(FASTER)
    session.add(
        BankedLine(
            payment_id=found.id, line_id=line.line_id, amount=amount.minor, is_back=True, was=was, taken_by=actor,
            taken_on=clock.today(),
        )
    )  # fmt: skip
    session.flush()
    audit.record("payment.banked", actor=actor, about=f"payment:{found.id}")
    if was is not None:
        came_back(found.id, amount, line.day, seen_version=found.version, actor=actor, source_id=uuid.uuid4())


def _give_back(found: Payment, banked: BankedLine, actor: uuid.UUID) -> None:
    was = banked.was
    session.delete(banked)
    session.flush()
    audit.record("payment.unbanked", actor=actor, about=f"payment:{found.id}")
    if was is not None:
        not_back_after_all(found, PaymentState(was), actor=actor)


def candidate_of(payment: Payment) -> Candidate:
    """A payment as those see it who match lines."""
    left = Money(-still_open(payment), payment.currency)
    return Candidate(
        payment.id, payment.reference.replace("-", ""), left, payment.sent_on, payment.reference,
        f"/staff/payments/{payment.id}",
    )  # fmt: skip


def _back_of(payment: Payment) -> Candidate:
    """A payment as what came in may have come back of it."""
    known = candidate_of(payment)
    return replace(known, amount=Money(amount_back(payment), payment.currency), due_on=payment.sent_on)


def _is_back_of(payment: Payment, line: BankFacts) -> bool:
    if payment.currency != line.amount.currency or payment.account != line.account or payment.sent_on is None:
        return False
    is_amount = amount_back(payment) == line.amount.minor and payment.sent_on <= line.day <= payment.sent_on + LATE
    return payment.number in _numbers(line) or is_amount


def _fits(line: BankFacts) -> ColumnElement[bool]:
    amount = -line.amount.minor
    return and_(
        Payment.currency == line.amount.currency, Payment.account == line.account,
        or_(Payment.amount == amount, Payment.amount + Payment.fee == amount),
        func.abs(Payment.sent_on - line.day) <= NEAR.days,
    )  # fmt: skip


def _numbers(line: BankFacts) -> set[int]:
    plain = (each.replace("-", "") for each in line.references)
    found = (each[1:] for each in plain if each[:1] == "P")
    return {int(each) for each in found if each.isascii() and each.isdecimal() and len(each) < 16}


def _is_for(payment: Payment, line: BankFacts) -> bool:
    if payment.currency != line.amount.currency or payment.account != line.account or payment.sent_on is None:
        return False
    is_amount = -line.amount.minor in {payment.amount, payment.amount + payment.fee}
    return payment.number in _numbers(line) or (is_amount and abs(payment.sent_on - line.day) <= NEAR)
