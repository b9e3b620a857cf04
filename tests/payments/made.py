"""Made-up payees, limits and payments."""

import uuid
from datetime import date, timedelta
from io import BytesIO

from PIL import Image

from campaign.funds.models import Expense
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from campaign.payments.models import CheckAnswer, LimitState, Payability, Payee, PayeeKind, Payment, PaymentLimit
from campaign.payments.queries import payments as reads
from campaign.payments.service import payees, payments, sending, velocity
from campaign.payments.service.payees import Details
from campaign.payments.service.sending import Leaving
from tests.funds import made as funds

ASKER, SECOND, THIRD, FOURTH = (uuid.UUID(int=0x0D << 120 | number) for number in range(1, 5))
IBAN = "DE89370400440532013000"
"""The example of the registry of IBANs (ISO 13616): it belongs to nobody."""
DETAILS = Details(name="Made-up Payee", iban=IBAN)


def payee(kind: PayeeKind = PayeeKind.LAWYER, details: Details = DETAILS, *, is_ok: bool = True) -> uuid.UUID:
    """A committed payee, who may be paid for the next month."""
    with transaction():
        made = payees.create_payee(kind, details, actor=ASKER)
    if is_ok:
        say_ok(made.id)
    return made.id


def say_ok(payee_id: uuid.UUID, until: date | None = None) -> None:
    """Somebody looked, and they may be paid."""
    until = until or clock.today() + timedelta(days=30)
    with transaction():
        version = session.get_one(Payee, payee_id).version
        payees.say_payability(payee_id, Payability.OK, until, seen_version=version, actor=SECOND)


def limit(minor: int, currency: str = "EUR") -> None:
    """A limit that two persons set."""
    with transaction():
        session.query(PaymentLimit).filter_by(currency=currency).delete()
        session.add(
            PaymentLimit(
                id=uuid.uuid4(), currency=currency, amount=minor, state=LimitState.CURRENT, asked_by=ASKER,
                asked_at=clock.now(), decided_by=SECOND, decided_at=clock.now(),
            )
        )  # fmt: skip


def draft(
    fund: uuid.UUID, minor: int = 12_300, *, payee_id: uuid.UUID | None = None, currency: str = "EUR",
    **more: object,
) -> uuid.UUID:  # fmt: skip
    """A committed draft."""
    with transaction():
        made = payments.draft_payment(
            fund, more.pop("need_id", None), more.pop("category", Expense.LAWYER), Money(minor, currency),
            payee_id, actor=ASKER, **more,
        )  # fmt: skip
    return made.id


def step(act: object, payment_id: uuid.UUID, *arguments: object, actor: uuid.UUID) -> Payment:
    """One step as somebody who has just looked."""
    session.expire_all()
    with transaction():
        version = session.get_one(Payment, payment_id).version
        return act(payment_id, *arguments, seen_version=version, actor=actor)


def answer_all(payment_id: uuid.UUID, actor: uuid.UUID = SECOND) -> None:
    """Somebody answers whatever is odd about it."""
    for each in reads.list_checks(payment_id):
        if each.answer is None and each.round == velocity.current_round(payment_id):
            with transaction():
                velocity.answer_check(each.id, CheckAnswer.EXPECTED, actor=actor)


def scheduled(fund: uuid.UUID, minor: int = 12_300, *, payee_id: uuid.UUID | None = None, **more: object) -> uuid.UUID:
    """A payment that three persons brought to its day, which is today."""
    made = draft(fund, minor, payee_id=payee_id or payee(), **more)
    step(payments.submit, made, actor=ASKER)
    answer_all(made)
    step(payments.review, made, actor=SECOND)
    step(payments.approve, made, actor=THIRD)
    step(payments.schedule, made, clock.today(), actor=ASKER)
    return made


def sent(fund: uuid.UUID, minor: int = 12_300, *, fee: int = 0, **more: object) -> uuid.UUID:
    """A payment that has left."""
    made = scheduled(fund, minor, **more)
    step(sending.mark_sent, made, Leaving(clock.today(), funds.BANK, fee), actor=ASKER)
    return made


def picture() -> bytes:
    """A small scan."""
    file = BytesIO()
    Image.new("RGB", (300, 200), "white").save(file, "PNG")
    return file.getvalue()
