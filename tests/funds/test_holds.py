"""A fund does not end while something still needs it, and asks for nothing more once it comes to its end."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaign.funds.models import Fund, FundState, Residual
from campaign.funds.queries.balances import balances_at
from campaign.funds.service import funds as service
from campaign.funds.service.funds import BadFund
from campaign.funds.service.ledger import BadEntry
from campaign.funds.service.verify import verify
from campaign.gifts.models import Schedule
from campaign.gifts.service import gifts, pledge_clock, pledging
from campaign.gifts.service.pledging import NotTaken
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Forbidden
from campaign.kernel.mail.rows import MailRow
from campaign.payments.models import ConfirmedBy
from campaign.payments.service import sending
from campaign.rounds.models import GrantRound, RoundState, SplitRule
from tests.funds import made as books
from tests.gifts import made
from tests.payments import made as pay

OTHER = uuid.UUID(int=99)


@pytest.fixture
def fund(app):
    books.bank()
    with app.test_request_context():
        yield made.open_fund().id


def move(fund, to, actor, **more):
    with transaction():
        found = session.get_one(Fund, fund, populate_existing=True)
        service.move_fund(fund, to, seen_version=found.version, actor=actor, **more)


def closing(fund):
    move(fund, FundState.CLOSING, made.TREASURER, residual=Residual.FUND, residual_fund_id=books.fund())


def test_what_comes_late_for_a_fund_that_has_ended_is_entered_and_its_heir_bears_it(fund):
    gift = made.settled(fund, 5_000)
    closing(fund)
    heir = session.get_one(Fund, fund, populate_existing=True).residual_fund_id
    move(fund, FundState.CLOSED, OTHER)
    with pytest.raises(BadEntry, match="taken up again"), transaction():
        gifts.dispute(gift.id, happened_on=clock.today(), seen_version=None, actor=made.TREASURER)
    move(fund, FundState.CLOSING, made.TREASURER)
    with transaction():
        gifts.dispute(gift.id, happened_on=clock.today(), seen_version=None, actor=made.TREASURER)
    assert_held(fund, "Gifts")
    with transaction():
        gifts.fail(gift.id, happened_on=clock.today(), seen_version=None, actor=made.TREASURER)
    with pytest.raises(Forbidden):
        move(fund, FundState.CLOSED, made.TREASURER)
    move(fund, FundState.CLOSED, OTHER)
    standing = balances_at(clock.today(), [fund, heir])
    held = {each.fund_id: each.money.minor for each in standing if each.account == books.BANK}
    assert {each: minor for each, minor in held.items() if minor} == {}, "nothing is left, and nothing is missing"
    session.rollback()
    assert [each.problem for each in verify()] == []


def assert_held(fund, word):
    assert [word in each.label for each in service.holds_of(fund)] == [True]
    with pytest.raises(BadFund, match="still needs"):
        move(fund, FundState.CLOSED, OTHER)


def test_an_expected_or_disputed_gift_holds_its_fund(fund):
    expected, _came = made.gift(fund, 5_000).id, made.settled(fund, 700)
    closing(fund)
    assert_held(fund, "Gifts")
    with transaction():
        gifts.settle(expected, happened_on=clock.today(), actor=made.TREASURER)
    with transaction():
        gifts.dispute(expected, happened_on=clock.today(), seen_version=None, actor=made.TREASURER)
    assert_held(fund, "Gifts")
    with transaction():
        gifts.win(expected, happened_on=clock.today(), seen_version=None, actor=made.TREASURER)
    move(fund, FundState.CLOSED, OTHER)


def test_a_payment_under_way_holds_its_fund(fund):
    made.settled(fund, 500_000)
    payment = pay.sent(fund)
    closing(fund)
    assert_held(fund, "Payments")
    pay.step(sending.confirm, payment, ConfirmedBy.RELATIVE, actor=pay.ASKER)
    move(fund, FundState.CLOSED, OTHER)


def test_a_decided_round_holds_its_fund(fund):
    with transaction():
        session.add(
            GrantRound(
                id=uuid.uuid4(), title="Spring", fund_id=fund, currency="EUR", budget=500, scorers=2,
                opens_on=clock.today(), closes_on=clock.today(), state=RoundState.DECIDED, rule=SplitRule.EQUAL,
                proposal=[], available=500, proposed_by=OTHER, proposed_on=clock.today(), decided_by=made.TREASURER,
                decided_on=clock.today(), created_on=clock.today(),
            )
        )  # fmt: skip
    closing(fund)
    assert_held(fund, "rounds")


def test_its_page_says_what_holds_it(sign_in, fund):
    made.gift(fund, 5_000)
    closing(fund)
    page = sign_in(Role.TREASURER).get(f"/staff/funds/{fund}").text
    assert "Gifts that are expected or disputed: 1" in page
    assert "End it" not in page


def test_nobody_is_reminded_of_a_fund_that_ends_nor_taken_for_it(fund):
    kept = made.pledge(session.get_one(Fund, fund), schedule=Schedule.MONTHLY, times=None).id
    waiting = made.pledge(session.get_one(Fund, fund), "boris.made-up@example.org", confirmed=False).id
    closing(fund)
    with pytest.raises(NotTaken), transaction():
        pledging.confirm(waiting)
    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        assert kept in pledge_clock.list_due(clock.today())
        for each in pledge_clock.list_due(clock.today()):
            with transaction():
                pledge_clock.turn(each, clock.today())
    assert "pledge.reminder" not in set(session.scalars(select(MailRow.kind)))
