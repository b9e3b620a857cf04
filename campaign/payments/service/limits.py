"""Up to which amount two persons are enough, by currency: asked for by one, set by another."""

import uuid

from sqlalchemy import ColumnElement, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden, NotFound
from campaign.kernel.money import Money
from campaign.payments.models import LimitState, PaymentLimit
from campaign.payments.service.errors import BadPayment

_L = LimitState


def takes_three(money: Money) -> bool:
    """Whether an amount takes a third person: above the limit, and always where none was set."""
    limit = session.scalar(select(PaymentLimit.amount).where(_is(money.currency, _L.CURRENT)))
    return limit is None or money.minor > limit


def ask_for_limit(money: Money, *, actor: uuid.UUID, is_demo: bool = False) -> PaymentLimit:
    """Ask for another limit of a currency. Raises BadPayment for one below zero, Conflict while another one waits."""
    if money.minor < 0:
        raise BadPayment(N_("A limit is zero or more. With zero everything takes three persons."))
    if session.scalar(select(PaymentLimit.id).where(_is(money.currency, _L.WAITING))) is not None:
        raise Conflict(N_("A limit of this currency waits for a second person already."))
    made = PaymentLimit(
        id=uuid.uuid4(), currency=money.currency, amount=money.minor, state=_L.WAITING, asked_by=actor,
        asked_at=clock.now(), is_demo=is_demo,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("payment.limit_asked", actor=actor, about=f"payment-limit:{money.currency}", amount=money.minor)
    return made


def decide_limit(limit_id: uuid.UUID, *, is_yes: bool, actor: uuid.UUID) -> PaymentLimit:
    """Set it, or refuse it; whoever asked takes it back. Raises NotFound, Conflict, Forbidden for one's own."""
    found = session.get(PaymentLimit, limit_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != _L.WAITING:
        raise Conflict(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    if is_yes and found.asked_by == actor:
        raise Forbidden(N_("Who asks for a limit does not set it. A second person must."))
    if is_yes:
        former = session.scalar(select(PaymentLimit).where(_is(found.currency, _L.CURRENT)).with_for_update())
        if former is not None:
            former.state = _L.REPLACED
            session.flush()
    found.state = _L.CURRENT if is_yes else _L.REFUSED
    found.decided_by, found.decided_at = actor, clock.now()
    session.flush()
    audit.record(
        "payment.limit_set" if is_yes else "payment.limit_refused", actor=actor,
        about=f"payment-limit:{found.currency}", amount=found.amount,
    )  # fmt: skip
    return found


def _is(currency: str, state: LimitState) -> ColumnElement[bool]:
    return (PaymentLimit.currency == currency) & (PaymentLimit.state == state)
