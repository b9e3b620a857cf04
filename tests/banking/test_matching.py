"""A line is a gift or several, in part or whole, and back again; nobody says it twice."""

import uuid
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.banking import queries, service
from campaign.banking.models import BankLine, BankLineEvent, BankMatch, LineState
from campaign.banking.service import BadMatch
from campaign.funds.models import LedgerEntry
from campaign.funds.queries.balances import account_balances_at
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts
from tests.banking import made
from tests.banking.made import TREASURER, Gifts

pytestmark = pytest.mark.usefixtures("app")
EURO = "EUR"


@pytest.fixture
def gifts(app: Flask) -> Iterator[Gifts]:
    with made.gifts() as taker:
        yield taker


def match(line_id: uuid.UUID, gift: uuid.UUID, minor: int, **more: int) -> BankMatch:
    with transaction():
        return service.match(line_id, "gift", gift, Money(minor, EURO), TREASURER, **more)


def state_of(line_id: uuid.UUID) -> tuple[str, int]:
    session.expire_all()
    line = session.get_one(BankLine, line_id)
    return line.state, line.open_amount


def test_a_line_says_day_account_amount_and_references_and_nobodys_name(gifts: Gifts) -> None:
    line = made.line(5000, codes=["G-17"])
    facts = queries.facts_of(line)
    assert facts == BankFacts(line, "assets:bank", made.DAY, Money(5000, EURO), frozenset({"G-17"}))
    with pytest.raises(NotFound):
        queries.facts_of(uuid.uuid4())


def test_one_line_to_several_gifts_and_back(gifts: Gifts) -> None:
    line, one, two = made.line(5000), gifts.expect("G-1", 2000), gifts.expect("G-2", 3000)
    first = match(line, one, 2000)
    assert state_of(line) == (LineState.OPEN, 3000)
    assert queries.facts_of(line).amount == Money(3000, EURO)
    match(line, two, 3000)
    assert state_of(line) == (LineState.MATCHED, 0)
    assert account_balances_at(clock.today())["assets:bank"] == [Money(5000, EURO)]
    with transaction():
        service.undo_match(first.id, TREASURER)
    assert state_of(line) == (LineState.OPEN, 2000)
    assert account_balances_at(clock.today())["assets:bank"] == [Money(3000, EURO)]
    match(line, one, 2000)
    assert state_of(line) == (LineState.MATCHED, 0)
    assert session.scalars(select(BankLineEvent.act).order_by(BankLineEvent.id)).all() == [
        "matched", "matched", "undone", "matched"
    ]  # fmt: skip


def test_no_more_than_is_open_nor_another_sign_or_currency(gifts: Gifts) -> None:
    line, gift = made.line(5000), gifts.expect("G-1", 5000)
    for amount in (Money(5001, EURO), Money(-1, EURO), Money(0, EURO), Money(5000, "USD")):
        with pytest.raises(BadMatch), transaction():
            service.match(line, "gift", gift, amount, TREASURER)
    assert state_of(line) == (LineState.OPEN, 5000)
    assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 0


def test_what_the_other_part_refuses_changes_nothing_here(gifts: Gifts) -> None:
    line, gift = made.line(5000), gifts.expect("G-1", 5000)
    gifts.refuses = True
    with pytest.raises(Conflict, match="waits"):
        match(line, gift, 5000)
    assert state_of(line) == (LineState.OPEN, 5000)
    assert session.scalar(select(func.count()).select_from(BankMatch)) == 0


def test_a_line_that_changed_since_somebody_saw_it_is_told(gifts: Gifts) -> None:
    line, one, two = made.line(5000), gifts.expect("G-1", 2000), gifts.expect("G-2", 3000)
    match(line, one, 2000, version=1)
    with pytest.raises(Conflict, match="Somebody else"):
        match(line, two, 3000, version=1)
    with pytest.raises(Conflict, match="stands for that already"):
        match(line, one, 1000)
    with pytest.raises(NotFound), transaction():
        service.match(line, "nothing", one, Money(1000, EURO), TREASURER)


def test_an_undone_match_is_not_undone_again(gifts: Gifts) -> None:
    line, gift = made.line(5000), gifts.expect("G-1", 5000)
    made_match = match(line, gift, 5000)
    with transaction():
        service.undo_match(made_match.id, TREASURER)
    with pytest.raises(Conflict), transaction():
        service.undo_match(made_match.id, TREASURER)
    assert state_of(line) == (LineState.OPEN, 5000)


def test_of_two_treasurers_at_the_same_moment_one_is_told(gifts: Gifts, app: Flask) -> None:
    line, one, two = made.line(5000), gifts.expect("G-1", 5000), gifts.expect("G-2", 5000)
    start, told = Barrier(2), []

    def act(gift: uuid.UUID) -> None:
        with app.app_context():
            start.wait(timeout=10)
            try:
                match(line, gift, 5000, version=1)
                told.append("done")
            except Conflict:
                told.append("told")

    threads = [Thread(target=act, args=(gift,)) for gift in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(told) == ["done", "told"]
    assert account_balances_at(clock.today())["assets:bank"] == [Money(5000, EURO)]
