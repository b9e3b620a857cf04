"""Files of gifts against what was announced."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign.banking.service.reading import BadStatement, ReadLine
from campaign.banking.service.reading.checking import Sums, check
from campaign.funds.service import periods
from campaign.gifts.models import Gift, GiftImport, GiftState, Pledge, PledgeState
from campaign.gifts.service import gifts, imports
from campaign.gifts.service.gifts import BadGift
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from tests.funds import made as books
from tests.gifts import made


@pytest.fixture
def fund(app):
    books.bank()
    return made.open_fund()


def staged(*rows):
    body = "\n".join(("date,amount,currency,fee,id,fund", *rows)).encode()
    with transaction():
        return imports.stage(body, file_name="x.csv", account=made.BANK, currency="EUR", actor=made.TREASURER).id


def taken(import_id):
    with transaction():
        imports.start(import_id, actor=made.TREASURER)
    with transaction():
        imports.go_on(import_id)
    session.expire_all()
    return session.get_one(GiftImport, import_id)


@pytest.mark.parametrize("under_way", [False, True])
def test_a_row_with_the_number_of_an_announced_gift_settles_it(fund, under_way):
    pledge = made.pledge(fund)
    gift = made.gift(fund, 2_000, external_id="TX1", pledge_id=pledge.id)
    if under_way:
        with transaction():
            gifts.pend(gift.id, seen_version=None, actor=made.TREASURER)
    import_id = staged(f"{clock.today()},21.00,EUR,0.50,TX1,{fund.code}")
    figures = session.get_one(GiftImport, import_id).figures
    assert (figures["new"], figures["announced"], figures["known"]) == (0, 1, 0)
    done = taken(import_id)
    assert (done.imported, done.problems) == (1, [])
    found = session.scalars(select(Gift)).one()
    assert (found.state, found.gross, found.fee, found.settled_on) == (GiftState.SETTLED, 2_100, 50, clock.today())
    assert made.income(fund) == 2_100
    assert session.get_one(Pledge, pledge.id).state == PledgeState.FULFILLED


def test_another_currency_is_said_once_and_settles_nothing(fund):
    gift = made.gift(fund, 2_000, external_id="TX1")
    import_id = staged(f"{clock.today()},20.00,USD,,TX1,{fund.code}", f"{clock.today()},5.00,EUR,,TX2,{fund.code}")
    figures = session.get_one(GiftImport, import_id).figures
    assert (figures["rows"], figures["new"], figures["invalid"]) == (2, 1, 1)
    done = taken(import_id)
    assert done.imported == 1
    assert [each.startswith("2: It came in another currency") for each in done.problems] == [True]
    assert session.get_one(Gift, gift.id).state == GiftState.INITIATED
    assert made.income(fund) == 500


def test_what_has_come_or_ended_is_known(fund):
    made.settled(fund, 2_000, external_id="TX1")
    ended = made.gift(fund, 2_000, external_id="TX2")
    with transaction():
        gifts.expire(ended.id, actor=made.TREASURER)
    import_id = staged(*(f"{clock.today()},20.00,EUR,,{each},{fund.code}" for each in ("TX1", "TX2")))
    assert session.get_one(GiftImport, import_id).figures["known"] == 2
    done = taken(import_id)
    assert (done.imported, done.problems) == (0, [])
    assert made.income(fund) == 2_000
    assert session.scalar(select(func.count()).select_from(Gift)) == 2


def test_a_mistyped_year_is_refused_wherever_a_gift_comes_in(fund):
    earliest = periods.earliest_day()
    old = earliest - timedelta(days=1)
    import_id = staged(f"{old},20.00,EUR,,TX1,{fund.code}", f"{earliest},20.00,EUR,,TX2,{fund.code}")
    found = session.get_one(GiftImport, import_id)
    assert (found.figures["new"], found.figures["invalid"]) == (1, 1)
    assert "400 days" in str(found.problems)
    with pytest.raises(BadGift, match="400 days"):
        made.gift(fund, expected_on=old)
    gift = made.gift(fund)
    with pytest.raises(BadGift, match="400 days"), transaction():
        gifts.settle(gift.id, happened_on=old, actor=made.TREASURER)
    with pytest.raises(BadStatement, match="400 days"):
        list(check([ReadLine("7", old, 100, "EUR")], Sums(), None))
    assert made.income(fund) == 0
