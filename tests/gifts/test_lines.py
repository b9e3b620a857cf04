"""Gifts as what a line of a statement can be: taken once for each line, and given back."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.banking import service as banking
from campaign.banking.models import BankLine, LineState
from campaign.funds.models import LedgerEntry, Memo, Rail
from campaign.gifts.hooks.lines import GiftTaker
from campaign.gifts.models import Donor, Gift, GiftState, InstalmentState, Pledge, PledgeState, Schedule
from campaign.gifts.service import donors, gifts, instalments, pledging
from campaign.gifts.service.gifts import NotThatStep
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts
from tests.banking import made as bank
from tests.funds import made as books
from tests.gifts import made

TAKER = GiftTaker()
MINE = made.TREASURER


@pytest.fixture
def fund(app):
    books.bank()
    with app.test_request_context():
        yield made.open_fund()


def line(minor=2_000, currency="EUR", *references, account=made.BANK, day=None):
    return BankFacts(uuid.uuid4(), account, day or clock.today(), Money(minor, currency), frozenset(references))


def take(candidate_id, minor, facts):
    with transaction():
        TAKER.take(candidate_id, Money(minor, facts.amount.currency), facts, actor=MINE)


def test_a_code_is_found_however_it_is_parted_and_an_amount_near_its_day(fund):
    pledge, gift = made.pledge(fund), made.gift(fund, 7_000)
    code = pledge.reference
    parted = f"R-{code[2:6]}-{code[6:]}"
    lines = [
        line(500, "EUR", code),
        line(500, "EUR", parted),
        line(2_000),
        line(7_000),
        line(-2_000),
        line(2_000, "USD"),
    ]
    found = TAKER.candidates(lines)
    instalment = instalments.list_instalments(pledge.id)[0]
    for each in lines[:3]:
        assert [one.id for one in found[each.line_id]] == [instalment.id]
    assert [one.id for one in found[lines[3].line_id]] == [gift.id]
    assert not found.get(lines[4].line_id)
    assert not found.get(lines[5].line_id)
    assert found[lines[0].line_id][0].reference == code
    assert "example" not in found[lines[0].line_id][0].label


def test_taking_an_instalment_settles_and_posts_once(fund):
    pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=2)
    instalment, facts = instalments.list_instalments(pledge.id)[1], line()
    take(instalment.id, 2_000, facts)
    assert made.income(fund) == 2_000
    assert [each.state for each in instalments.list_instalments(pledge.id)] == [
        InstalmentState.DUE,
        InstalmentState.MATCHED,
    ]
    with pytest.raises(NotThatStep):
        take(instalment.id, 2_000, facts)
    session.rollback()
    with transaction():
        TAKER.give_back(instalment.id, facts.line_id, actor=MINE)
    assert made.income(fund) == 0
    assert TAKER.find(frozenset({instalment.id}))[instalment.id].amount == Money(2_000, "EUR")
    take(instalment.id, 2_000, facts)
    assert made.income(fund) == 2_000
    assert [each.state for each in session.scalars(select(Gift).order_by(Gift.number))] == [
        GiftState.FAILED,
        GiftState.SETTLED,
    ]
    assert len(session.scalars(select(LedgerEntry)).all()) == 3


def test_taking_an_announced_gift_and_giving_it_back(fund):
    gift, facts = made.gift(fund, 2_000), line()
    take(gift.id, 2_000, facts)
    with transaction():
        TAKER.give_back(gift.id, facts.line_id, actor=MINE)
    found = session.get_one(Gift, gift.id, populate_existing=True)
    assert (found.state, found.line_id, made.income(fund)) == (GiftState.PENDING, None, 0)
    take(gift.id, 2_000, line())
    assert made.income(fund) == 2_000


def test_at_a_bank_less_money_is_less_of_a_gift_and_at_a_service_the_fee_is_off(fund):
    service = books.bank("Service", Rail.SERVICE)
    at_bank, at_service = made.gift(fund, 2_000), made.gift(fund, 2_000, account=service)
    take(at_bank.id, 1_900, line(1_900))
    take(at_service.id, 1_900, line(1_900, account=service))
    found = [session.get_one(Gift, each.id, populate_existing=True) for each in (at_bank, at_service)]
    assert [(each.gross, each.fee) for each in found] == [(1_900, 0), (2_000, 100)]


@pytest.mark.parametrize("how", ["by themselves", "by a treasurer", "on their day"])
def test_whoever_is_erased_is_erased_from_the_lines_of_their_gifts_too(fund, how):
    pledge, others, fund_id = made.pledge(fund), made.gift(fund, 2_000).id, fund.id
    pledge_id, donor_id, instalment_id = pledge.id, pledge.donor_id, instalments.list_instalments(pledge.id)[0].id
    theirs, other = (bank.line(2_000, day=clock.today(), said=b"sealed") for _ in range(2))
    with transaction():
        banking.match(theirs, "gift", instalment_id, Money(2_000, "EUR"), made.TREASURER)
        banking.match(other, "gift", others, Money(2_000, "EUR"), made.TREASURER)
    with transaction():
        if how == "by themselves":
            pledging.erase_everything(pledge_id)
        elif how == "by a treasurer":
            donors.erase(donor_id, actor=made.TREASURER)
        else:
            donors.erase_due(session.get_one(Donor, donor_id).keep_until + timedelta(days=1))
    session.expire_all()
    assert session.get_one(BankLine, theirs).said_sealed is None
    assert session.get_one(BankLine, other).said_sealed == b"sealed"
    assert made.income(fund_id) == 4_000


def test_one_line_is_several_gifts(fund):
    first, second, facts = made.pledge(fund, "a@example.org"), made.pledge(fund, "b@example.org"), line(4_000)
    for pledge in (first, second):
        take(instalments.list_instalments(pledge.id)[0].id, 2_000, facts)
    assert made.income(fund) == 4_000
    session.expire_all()
    assert {each.state for each in session.scalars(select(Pledge))} == {PledgeState.FULFILLED}


def test_what_was_given_back_to_its_giver_is_not_taken_off_the_line(fund):
    gift, facts = made.gift(fund, 2_000), line()
    take(gift.id, 2_000, facts)
    with transaction():
        gifts.refund(gift.id, Money(500, "EUR"), happened_on=clock.today(), seen_version=None, actor=MINE)
    with pytest.raises(NotThatStep), transaction():
        TAKER.give_back(gift.id, facts.line_id, actor=MINE)


def test_a_gift_of_a_line_is_undone_at_the_line_and_not_as_entered_wrongly(fund):
    gift, line_id = made.gift(fund, 5_000), bank.line(5_000, day=clock.today())
    with transaction():
        match = banking.match(line_id, "gift", gift.id, Money(5_000, "EUR"), MINE)
    with pytest.raises(NotThatStep, match="Undo it at the line"), transaction():
        gifts.take_back(gift.id, memo=Memo.DID_NOT_HAPPEN, actor=MINE)
    session.rollback()
    assert made.income(fund) == 5_000
    with transaction():
        banking.undo_match(match.id, MINE)
    session.expire_all()
    assert made.income(fund) == 0
    assert session.get_one(BankLine, line_id).state == LineState.OPEN
    assert session.get_one(Gift, gift.id).state == GiftState.PENDING
