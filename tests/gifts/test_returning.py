"""A gift that counts is taken out of the books by two, and its line of a statement is matched with it."""

import uuid

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from campaign.banking.models import BankLine, BankMatch, LineState
from campaign.banking.queries import facts_of
from campaign.banking.service import match, undo_match
from campaign.banking.service.suggesting import suggest
from campaign.funds.models import LedgerEntry, Memo
from campaign.funds.queries.balances import balances_at
from campaign.gifts.models import Gift, GiftMove, GiftState, Returning, ReturnState
from campaign.gifts.queries import returns
from campaign.gifts.service import gifts, returning
from campaign.gifts.service.gifts import BadGift, NotThatStep
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden
from campaign.kernel.money import Money
from tests.banking import made as statements
from tests.funds import made as books
from tests.gifts import made
from tests.people.pages import send

ONE, SECOND = made.TREASURER, uuid.UUID(int=2)


@pytest.fixture
def fund(app):
    books.bank()
    with app.test_request_context():
        yield made.open_fund()


def ask(gift, what, **more):
    with transaction():
        seen = session.get_one(Gift, gift.id, populate_existing=True).version
        return returning.ask(gift.id, what, happened_on=clock.today(), seen_version=seen, actor=ONE, **more).id


def carry_out(asked, actor=SECOND):
    with transaction():
        return returning.carry_out(asked, actor=actor)


@pytest.mark.parametrize(
    ("what", "more", "state", "left"),
    [
        (Returning.REFUND, {"amount": Money(2_000, "EUR")}, GiftState.PARTLY_REFUNDED, 3_000),
        (Returning.DISPUTE, {}, GiftState.DISPUTED, 0),
        (Returning.FAIL, {}, GiftState.FAILED, 0),
        (Returning.WRONG, {"memo": Memo.TWICE}, GiftState.PENDING, 0),
    ],
)
def test_what_one_asks_for_moves_nothing_before_another_carries_it_out(fund, what, more, state, left):
    gift = made.settled(fund, 5_000)
    asked = ask(gift, what, **more)
    assert (made.income(fund), session.get_one(Gift, gift.id).state) == (5_000, GiftState.SETTLED)
    assert (returns.count_returns_waiting(ONE), returns.count_returns_waiting(SECOND)) == (0, 1)
    with pytest.raises(Conflict, match="asked for this already"):
        ask(gift, Returning.DISPUTE)
    session.rollback()
    with pytest.raises(Forbidden), transaction():
        returning.carry_out(asked, actor=ONE)
    session.rollback()
    with pytest.raises(IntegrityError, match="two_persons"), transaction():
        session.execute(text("UPDATE gift_return SET state = 'done', decided_by = asked_by, decided_at = now()"))
    session.rollback()
    assert made.income(fund) == 5_000
    assert carry_out(asked).state == state
    assert made.income(fund) == left
    with pytest.raises(Conflict), transaction():
        returning.carry_out(asked, actor=SECOND)


def test_whoever_asks_is_told_what_stands_in_the_way_and_can_take_it_back(fund):
    gift = made.settled(fund, 5_000)
    with pytest.raises(BadGift, match="no more than is left"):
        ask(gift, Returning.REFUND, amount=Money(6_000, "EUR"))
    session.rollback()
    for actor, state in ((ONE, ReturnState.WITHDRAWN), (SECOND, ReturnState.REFUSED)):
        asked = ask(gift, Returning.DISPUTE)
        with transaction():
            assert returning.drop(asked, actor=actor).state == state
    assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 1, "trying out leaves nothing"
    waiting = made.gift(fund, 700)
    with pytest.raises(NotThatStep, match="does not count"):
        ask(waiting, Returning.FAIL)


def test_an_outgoing_line_is_the_gift_that_went_back_and_nothing_is_posted_twice(fund):
    gift = made.settled(fund, 5_000)
    carry_out(ask(gift, Returning.REFUND, amount=Money(2_000, "EUR")))
    code, before = session.get_one(Gift, gift.id).code, balances_at(clock.today(), [fund.id])
    entries = session.scalar(select(func.count()).select_from(LedgerEntry))
    move = session.scalars(select(GiftMove.id).where(GiftMove.now == GiftState.PARTLY_REFUNDED)).one()
    named, alike = statements.line(-2_000, day=clock.today(), codes=[code]), statements.line(-2_000, day=clock.today())
    odd = [statements.line(-2_000, "USD"), statements.line(2_000, day=clock.today()), statements.line(-1_999)]
    found = suggest([facts_of(each) for each in (named, alike, *odd)])
    best = found[named][0]
    assert (best.kind, best.candidate.id, best.score) == (returns.KIND, move, 100)
    assert {"reference", "amount", "day"} == set(best.reasons)
    assert [(each.candidate.id, each.reasons) for each in found[alike]] == [(move, ("amount", "day"))]
    assert [each.kind for one in odd for each in found[one]] == []
    with pytest.raises(DomainError), transaction():
        match(odd[2], returns.KIND, move, Money(-1_999, "USD"), ONE)
    session.rollback()
    for _again in range(2):
        with transaction():
            done = match(named, returns.KIND, move, Money(-2_000, "EUR"), ONE).id
        assert session.get_one(BankLine, named).state == LineState.MATCHED
        assert suggest([facts_of(alike)])[alike] == [], "it stands on a line already"
        with pytest.raises(BadGift, match="more than what is still open"), transaction():
            match(alike, returns.KIND, move, Money(-2_000, "EUR"), ONE)
        session.rollback()
        with transaction():
            undo_match(done, ONE)
        assert session.get_one(BankLine, named).open_amount == -2_000
        assert suggest([facts_of(alike)])[alike] != []
    assert session.scalar(select(func.count()).select_from(LedgerEntry)) == entries
    assert balances_at(clock.today(), [fund.id]) == before
    assert session.scalar(select(func.count()).select_from(BankMatch).where(BankMatch.undone_at.is_(None))) == 0


def test_a_dispute_goes_out_and_comes_in_again_by_lines(fund):
    gift = made.settled(fund, 5_000)
    carry_out(ask(gift, Returning.DISPUTE))
    with transaction():
        gifts.win(gift.id, happened_on=clock.today(), seen_version=None, actor=ONE)
    out, came = statements.line(-5_000, day=clock.today()), statements.line(5_000, day=clock.today())
    for line, amount in ((out, -5_000), (came, 5_000)):
        (best,) = suggest([facts_of(line)])[line]
        assert (best.kind, best.amount.minor) == (returns.KIND, amount)
        with transaction():
            match(line, best.kind, best.candidate.id, best.amount, ONE)
    assert made.income(fund) == 5_000
    undone = made.settled(fund, 900)
    with transaction():
        gifts.take_back(undone.id, memo=Memo.TWICE, actor=ONE)
    assert suggest([facts_of(statements.line(-900, day=clock.today()))]).popitem()[1] == [], "no money moved"


def test_two_persons_on_the_page_of_a_gift(sign_in, app):
    books.bank()
    gift = made.settled(made.open_fund(), 5_000)
    page, one = f"/staff/gifts/{gift.id}", sign_in(Role.TREASURER)
    form = {"refund-amount": "20", "refund-happened_on": clock.today().isoformat(), "refund-version": gift.version}
    assert send(one, page, "/refund", **form).status_code == 303
    shown = one.get(page).text
    assert "somebody else compares it" in shown
    assert "no other treasurer or admin yet" in shown
    asked = returns.list_returns(gift.id)[0].id
    assert send(one, page, f"/returns/{asked}/carry_out").status_code == 409
    second = sign_in(Role.ADMIN)
    assert "Gifts that go back" in second.get("/staff").text
    assert gift.code in second.get("/staff/gifts?state=to_carry_out").text
    assert "no other treasurer" not in one.get(page).text
    assert send(second, page, f"/returns/{uuid.uuid4()}/carry_out").status_code == 404
    assert send(second, page, f"/returns/{asked}/carry_out").status_code == 303
    assert "carried out by a second person" in one.get(page).text
    assert session.get_one(Gift, gift.id, populate_existing=True).refunded == 2_000
