"""Lines of statements and payments: suggested by number and amount, reconciled, and given back."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign.banking.service.suggesting import suggest
from campaign.funds.models import LedgerEntry
from campaign.funds.queries.balances import balances_at
from campaign.funds.service.verify import verify
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts, line_takers
from campaign.payments.models import ConfirmedBy, Payment, PaymentState
from campaign.payments.service import sending
from campaign.payments.service.errors import BadPayment, NotThatStep
from tests.funds import made as funds
from tests.payments import made
from tests.payments.made import ASKER, step

_S = PaymentState


@pytest.fixture
def taker(app):
    return line_takers["payment"]


@pytest.fixture
def fund(app):
    funds.bank()
    return funds.fund()


def line(minor, currency="EUR", *references, ago=0, account=funds.BANK):
    day = clock.today() - timedelta(days=ago)
    return BankFacts(uuid.uuid4(), account, day, Money(minor, currency), frozenset(references))


def state(payment_id):
    session.expire_all()
    return session.get_one(Payment, payment_id).state


def test_candidates_by_number_and_by_amount(taker, fund):
    one, other = made.sent(fund, 12_300), made.sent(fund, 45_600, fee=100)
    number = session.get_one(Payment, other).number
    lines = [
        line(-12_300), line(-45_600), line(-45_700), line(-1, "EUR", f"P{number}"), line(12_300),
        line(-12_300, "USD"), line(-12_300, account="assets:other"), line(-12_300, ago=11), line(-99),
    ]  # fmt: skip
    found = taker.candidates(lines)
    assert [[each.id for each in found.get(each.line_id, [])] for each in lines] == [
        [one], [other], [other], [other], [one], [], [], [], [],
    ]  # fmt: skip
    candidate = found[lines[0].line_id][0]
    assert (candidate.amount, candidate.reference) == (Money(-12_300, "EUR"), candidate.label.replace("-", ""))


def test_a_confirmed_one_is_reconciled_and_nothing_is_posted_again(taker, fund):
    found = made.sent(fund, 12_300, fee=100)
    step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    entries = session.scalar(select(func.count()).select_from(LedgerEntry))
    first, second = line(-12_300), line(-100)
    with transaction():
        taker.take(found, Money(-12_300, "EUR"), first, actor=ASKER)
    assert state(found) == _S.CONFIRMED
    assert taker.find(frozenset({found}))[found].amount == Money(-100, "EUR")
    with transaction():
        taker.take(found, Money(-100, "EUR"), second, actor=None)
    assert state(found) == _S.RECONCILED
    assert taker.find(frozenset({found}))[found].amount == Money(0, "EUR")
    with transaction():
        taker.give_back(found, second.line_id, actor=ASKER)
    assert state(found) == _S.CONFIRMED
    assert session.scalar(select(func.count()).select_from(LedgerEntry)) == entries


def test_one_that_is_sent_is_reconciled_once_it_is_confirmed(taker, fund):
    found, one = made.sent(fund, 12_300), line(-12_300)
    with transaction():
        taker.take(found, Money(-12_300, "EUR"), one, actor=ASKER)
    assert state(found) == _S.SENT
    with pytest.raises(BadPayment):
        step(sending.fail, found, clock.today(), actor=ASKER)
    assert taker.candidates([line(-12_300)]).popitem()[1] == []
    step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    assert state(found) == _S.RECONCILED


def test_what_does_not_fit_is_refused(taker, fund):
    found, waiting = made.sent(fund, 12_300), made.scheduled(fund)
    for amount, one, problem in (
        (Money(-12_301, "EUR"), line(-12_301), BadPayment), (Money(12_301, "EUR"), line(12_301), BadPayment),
        (Money(-12_300, "USD"), line(-12_300, "USD"), BadPayment),
        (Money(-12_300, "EUR"), line(-12_300, account="assets:other"), BadPayment),
    ):  # fmt: skip
        with pytest.raises(problem), transaction():
            taker.take(found, amount, one, actor=ASKER)
    with pytest.raises(NotThatStep), transaction():
        taker.take(waiting, Money(-12_300, "EUR"), line(-12_300), actor=ASKER)
    with pytest.raises(NotThatStep), transaction():
        taker.give_back(found, uuid.uuid4(), actor=ASKER)


def test_what_came_back_keeps_its_line(taker, fund):
    found, one = made.sent(fund, 12_300), line(-12_300)
    with transaction():
        taker.take(found, Money(-12_300, "EUR"), one, actor=ASKER)
    step(sending.came_back, found, Money(12_300, "EUR"), clock.today(), actor=ASKER)
    with pytest.raises(NotThatStep), transaction():
        taker.give_back(found, one.line_id, actor=ASKER)


@pytest.mark.parametrize("was", [_S.SENT, _S.CONFIRMED])
def test_a_line_that_came_in_says_that_a_payment_came_back_and_undoing_it_undoes_exactly(taker, fund, was):
    found = made.sent(fund, 12_300, fee=100)
    if was == _S.CONFIRMED:
        step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    before = balances_at(clock.today(), [fund])
    number = session.get_one(Payment, found).number
    back, other = line(12_200, "EUR", f"P{number}"), line(12_300, account="assets:other")
    suggested = suggest([back, other])
    assert [(each.candidate.id, each.reasons[0]) for each in suggested[back.line_id]] == [(found, "reference")]
    assert suggested[other.line_id] == []
    for _again in range(2):
        with transaction():
            taker.take(found, back.amount, back, actor=ASKER)
        assert state(found) == _S.RETURNED
        held = {each.account: each.money.minor for each in balances_at(clock.today(), [fund])}
        assert held == {funds.BANK: -200, "expenses:fees": 200}, "what is missing was the cost of its way"
        with pytest.raises(NotThatStep), transaction():
            taker.take(found, back.amount, line(12_200), actor=ASKER)
        session.rollback()
        with transaction():
            taker.give_back(found, back.line_id, actor=ASKER)
        assert state(found) == was
        assert balances_at(clock.today(), [fund]) == before
    session.rollback()
    assert [each.problem for each in verify()] == []


def test_what_a_person_said_to_have_come_back_is_matched_without_posting_again(taker, fund):
    found = made.sent(fund, 12_300)
    step(sending.came_back, found, Money(12_000, "EUR"), clock.today(), actor=ASKER)
    entries = session.scalar(select(func.count()).select_from(LedgerEntry))
    back = line(12_000)
    assert [each.id for each in taker.candidates([back])[back.line_id]] == [found]
    with pytest.raises(BadPayment, match="exactly that"), transaction():
        taker.take(found, Money(11_000, "EUR"), back, actor=ASKER)
    session.rollback()
    with transaction():
        taker.take(found, back.amount, back, actor=ASKER)
    assert taker.candidates([line(12_000)]) != {}
    assert not any(taker.candidates([line(12_000)]).values()), "a line has it"
    with transaction():
        taker.give_back(found, back.line_id, actor=ASKER)
    assert state(found) == _S.RETURNED
    assert session.scalar(select(func.count()).select_from(LedgerEntry)) == entries
