"""Payees and payments of the demo, each at another point of its way. Nobody in it exists, and no account is real."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.funds.models import Expense, Fund, FundState
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.money import Money
from campaign.needs.models import Need
from campaign.payments.models import CheckAnswer, ConfirmedBy, Descriptor, Payability, Payee, PayeeKind, Payment, Reason
from campaign.payments.queries.payments import list_checks
from campaign.payments.service import limits, payees, payments, sending, velocity
from campaign.payments.service.payees import Details
from campaign.payments.service.sending import Leaving
from campaign.site.demo_funds import BANK

LIMIT = 50_000
PAYEES: Sequence[tuple[PayeeKind, Details, Payability, int]] = (
    (PayeeKind.LAWYER, Details("Made-up Lawyer", "DE89370400440532013000"), Payability.OK, 90),
    (PayeeKind.RELATIVE, Details("Made-up Mother", account="40817 00000 00000 00000"), Payability.OK, 9),
    (PayeeKind.VENDOR, Details("Made-up Parcel Shop", "GB82WEST12345698765432"), Payability.OK, 60),
    (PayeeKind.FACILITY, Details("Made-up prisoner", account="made-up 17"), Payability.BLOCKED, 0),
    (PayeeKind.CRYPTO, Details("Made-up wallet", account="made-up wallet"), Payability.UNSAFE, 0),
    (PayeeKind.LAWYER, Details("Another made-up lawyer", account="made-up 18"), Payability.UNCHECKED, 0),
)
"""Kind, details, what was found, and for how many days it holds. The IBANs are the examples of their registry."""


class Persons(NamedTuple):
    """Who does what."""

    asker: uuid.UUID
    second: uuid.UUID
    third: uuid.UUID


class Way(NamedTuple):
    """One payment, and how far it comes."""

    payee: int
    category: Expense
    minor: int
    steps: str
    """Letters: asked, questions answered, reviewed, third person, day set, sent, confirmed, back, x for cancelled."""
    descriptor: Descriptor = Descriptor.REFERENCE
    note: str = ""
    wish: int | None = None
    """Which of the needs of the demo it is for."""


WAYS = (
    Way(0, Expense.LAWYER, 90_000, "aqrtdsc", Descriptor.INVOICE, "The first of three sittings; the bill is made up.",
        wish=0),
    Way(2, Expense.PARCELS, 12_400, "aqrdsc", Descriptor.ORDER, wish=1),
    Way(2, Expense.PARCELS, 8_700, "aqrds", Descriptor.ORDER, wish=13),
    Way(1, Expense.TRAVEL, 28_000, "aqrd", Descriptor.REFERENCE, "Two nights and the train, as last spring.",
        wish=2),
    Way(0, Expense.LAWYER, 36_500, "aqrd", Descriptor.INVOICE),
    Way(0, Expense.LAWYER, 140_000, "aqr", Descriptor.INVOICE, "The second sitting, asked for early."),
    Way(2, Expense.PARCELS, 50_000, "a", Descriptor.ORDER, "For the whole month at once."),
    Way(5, Expense.LOCATING, 22_000, "aqr", Descriptor.INVOICE),
    Way(1, Expense.LIVING, 15_000, "aqrdsb", wish=12),
    Way(1, Expense.LIVING, 4_000, "x"),
    Way(5, Expense.LAWYER, 19_900, "", Descriptor.INVOICE),
)  # fmt: skip


def make_payments() -> None:
    """Make them in the open transaction."""
    who = Persons(*(_account(name) for name in ("treasurer-1", "admin-1", "treasurer-2")))
    asked = limits.ask_for_limit(Money(LIMIT, "EUR"), actor=who.asker, is_demo=True)
    limits.decide_limit(asked.id, is_yes=True, actor=who.second)
    limits.ask_for_limit(Money(60_000, "USD"), actor=who.asker, is_demo=True)
    made = [_payee(*each, who) for each in PAYEES]
    fund = session.scalars(select(Fund.id).where(Fund.state == FundState.OPEN).order_by(Fund.number)).first()
    if fund is None:
        return
    needs = session.scalars(select(Need).where(Need.is_demo).order_by(Need.number)).all()
    of_person = {
        each.prisoner_id: each.id for each in session.scalars(select(Fund).where(Fund.state == FundState.OPEN))
    }
    for way in WAYS:
        need = needs[way.wish] if way.wish is not None else None
        paid_from = of_person.get(need.prisoner_id, fund) if need is not None else fund
        draft = payments.draft_payment(
            paid_from, need.id if need is not None else None, way.category, Money(way.minor, "EUR"),
            made[way.payee].id, actor=who.asker, note=way.note, descriptor=way.descriptor, is_demo=True,
        )  # fmt: skip
        for letter in way.steps:
            _STEPS[letter](draft, who)


def _payee(kind: PayeeKind, details: Details, found: Payability, days: int, who: Persons) -> Payee:
    made = payees.create_payee(kind, details, actor=who.asker, is_demo=True)
    if found != Payability.UNCHECKED:
        until = clock.today() + timedelta(days=days) if days else None
        payees.say_payability(made.id, found, until, seen_version=made.version, actor=who.third)
    return made


def _answer(payment: Payment, who: Persons) -> None:
    for each in list_checks(payment.id):
        velocity.answer_check(each.id, CheckAnswer.EVIDENCE, actor=who.second)


_STEPS: dict[str, Callable[[Payment, Persons], object]] = {
    "a": lambda one, who: payments.submit(one.id, seen_version=one.version, actor=who.asker),
    "q": _answer,
    "r": lambda one, who: payments.review(one.id, seen_version=one.version, actor=who.second),
    "t": lambda one, who: payments.approve(one.id, seen_version=one.version, actor=who.third),
    "d": lambda one, who: payments.schedule(one.id, clock.today(), seen_version=one.version, actor=who.asker),
    "s": lambda one, who: sending.mark_sent(
        one.id, Leaving(clock.today(), BANK, 150), seen_version=one.version, actor=who.asker
    ),
    "c": lambda one, who: sending.confirm(one.id, ConfirmedBy.RELATIVE, seen_version=one.version, actor=who.asker),
    "b": lambda one, who: sending.came_back(
        one.id, Money(one.amount - 500, one.currency), clock.today(), seen_version=one.version, actor=who.asker
    ),
    "x": lambda one, who: payments.cancel(one.id, Reason.NOT_NEEDED, seen_version=one.version, actor=who.asker),
}


def _account(name: str) -> uuid.UUID:
    found = find_account_by_name(name)
    if found is None:
        raise LookupError(name)
    return found.id
