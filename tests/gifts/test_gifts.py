"""A gift from its announcement to the ledger and back: it counts when it has settled, once, and never before."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from campaign.funds.models import LedgerEntry, Memo
from campaign.funds.queries.balances import balances_at
from campaign.funds.service import ledger
from campaign.funds.service.ledger import BadEntry
from campaign.gifts.models import KEPT_DAYS, Donor, Gift, GiftAllocation, GiftMove, GiftState
from campaign.gifts.queries import gifts as queries
from campaign.gifts.service import donors, gifts, numbers
from campaign.gifts.service.donors import BadDonor
from campaign.gifts.service.gift_lines import split
from campaign.gifts.service.gifts import BadGift, NotThatStep, Twice
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.money import Money
from tests.funds import made as books
from tests.gifts import made

TODAY = clock.today
MINE = made.TREASURER


@pytest.fixture
def fund(app):
    books.bank()
    return made.open_fund()


def settle(gift, **more):
    with transaction():
        return gifts.settle(gift.id, happened_on=TODAY(), actor=MINE, **more)


def balances(fund_id):
    return {each.account: each.money.minor for each in balances_at(TODAY(), [fund_id])}


def test_only_what_has_settled_counts(fund):
    gift = made.gift(fund, 5_000, fee=150)
    assert made.income(fund) == 0
    with transaction():
        gifts.pend(gift.id, seen_version=None, actor=MINE)
    assert made.income(fund) == 0
    found = settle(gift)
    assert balances(fund.id) == {"assets:bank": 4_850, "expenses:fees": 150, "income:gifts": -5_000}
    entry = session.get_one(LedgerEntry, found.entry_number)
    assert (entry.memo, entry.reference, entry.source_kind) == (Memo.GIFT, found.code, "gift")


def test_it_settles_once(fund):
    gift = made.settled(fund)
    with pytest.raises(NotThatStep), transaction():
        gifts.settle(gift.id, happened_on=TODAY(), actor=MINE)
    session.rollback()
    assert made.income(fund) == 5_000


def test_whoever_saw_an_older_version_changes_nothing(fund):
    gift = made.gift(fund)
    seen = gift.version
    with transaction():
        gifts.pend(gift.id, seen_version=seen, actor=MINE)
    with pytest.raises(Conflict), transaction():
        gifts.settle(gift.id, happened_on=TODAY(), actor=MINE, seen_version=seen)


def test_one_gift_for_several_funds_is_one_entry_that_sums_to_zero_in_each(fund):
    other = books.fund()
    gift = made.gift(fund, 10_001, fee=301, allocations={fund.id: 3_233, other: 6_467})
    found = settle(gift)
    assert balances(fund.id) == {"assets:bank": 3_233, "expenses:fees": 100, "income:gifts": -3_333}
    assert balances(other) == {"assets:bank": 6_467, "expenses:fees": 201, "income:gifts": -6_668}
    assert session.scalars(select(LedgerEntry)).all() == [session.get_one(LedgerEntry, found.entry_number)]


def test_what_comes_may_be_less_than_was_announced(fund):
    gift = made.gift(fund, 5_000)
    settle(gift, gross=Money(4_000, "EUR"), fee=100)
    assert balances(fund.id) == {"assets:bank": 3_900, "expenses:fees": 100, "income:gifts": -4_000}


def test_refunds_post_the_opposite_part_by_part(fund):
    other = books.fund()
    gift = settle(made.gift(fund, 10_001, fee=301, allocations={fund.id: 3_233, other: 6_467}))
    for amount, state in (
        (1, GiftState.PARTLY_REFUNDED),
        (3_333, GiftState.PARTLY_REFUNDED),
        (6_667, GiftState.REFUNDED),
    ):
        with transaction():
            found = gifts.refund(
                gift.id, Money(amount, "EUR"), happened_on=TODAY(), seen_version=None, actor=MINE
            )  # fmt: skip
        assert found.state == state
    assert made.income(fund) == made.income(other) == 0
    assert balances(fund.id) == {"assets:bank": -100, "expenses:fees": 100}
    assert [each.memo for each in session.scalars(select(LedgerEntry).order_by(LedgerEntry.number))] == [
        "gift", "gift_returned", "gift_returned", "gift_returned",
    ]  # fmt: skip


@pytest.mark.parametrize("amount", [0, -5, 5_001])
def test_no_more_goes_back_than_came(fund, amount):
    gift = made.settled(fund)
    with pytest.raises(BadGift), transaction():
        gifts.refund(gift.id, Money(amount, "EUR"), happened_on=TODAY(), seen_version=None, actor=MINE)
    session.rollback()
    assert made.income(fund) == 5_000


def test_a_dispute_takes_it_away_and_gives_it_again_when_it_is_won(fund):
    gift = settle(made.gift(fund, 5_000, fee=150))
    with transaction():
        gifts.dispute(gift.id, happened_on=TODAY(), seen_version=None, actor=MINE)
    assert balances(fund.id) == {"assets:bank": -150, "expenses:fees": 150}
    with transaction():
        assert gifts.win(gift.id, happened_on=TODAY(), seen_version=None, actor=MINE).state == GiftState.SETTLED
    assert balances(fund.id) == {"assets:bank": 4_850, "expenses:fees": 150, "income:gifts": -5_000}


def test_a_lost_dispute_moves_nothing_more(fund):
    gift = made.settled(fund)
    for step in (gifts.dispute, gifts.fail):
        with transaction():
            step(gift.id, happened_on=TODAY(), seen_version=None, actor=MINE)
    assert made.income(fund) == 0
    assert len(session.scalars(select(LedgerEntry)).all()) == 2


def test_one_that_bounces_leaves_nothing_not_even_its_fee(fund):
    gift = settle(made.gift(fund, 5_000, fee=150))
    with transaction():
        gifts.fail(gift.id, happened_on=TODAY(), seen_version=None, actor=MINE)
    assert balances(fund.id) == {}


def test_one_that_never_came_posts_nothing(fund):
    for step in (gifts.fail,):
        gift = made.gift(fund)
        with transaction():
            step(gift.id, happened_on=TODAY(), seen_version=None, actor=MINE)
    gift = made.gift(fund)
    with transaction():
        gifts.expire(gift.id, actor=None)
    assert session.scalars(select(LedgerEntry)).all() == []


def test_what_was_entered_wrongly_is_reversed_and_can_settle_again(fund):
    gift = made.settled(fund)
    with transaction():
        found = gifts.take_back(gift.id, memo=Memo.WRONG_DAY, actor=MINE)
    assert (found.state, made.income(fund)) == (GiftState.PENDING, 0)
    settle(gift)
    assert made.income(fund) == 5_000
    assert [each.reverses for each in session.scalars(select(LedgerEntry).order_by(LedgerEntry.number))] == [
        None,
        1,
        None,
    ]


def test_what_was_disputed_is_not_simply_taken_back(fund):
    gift = made.settled(fund)
    for step in (gifts.dispute, gifts.win):
        with transaction():
            step(gift.id, happened_on=TODAY(), seen_version=None, actor=MINE)
    with pytest.raises(NotThatStep), transaction():
        gifts.take_back(gift.id, memo=Memo.TWICE, actor=MINE)


def test_the_same_number_of_a_service_is_the_same_gift(fund):
    first = made.gift(fund, external_id="ch_17")
    with pytest.raises(Twice) as told:
        made.gift(fund, external_id="ch_17")
    assert told.value.gift_id == first.id
    session.rollback()
    other = books.bank("Other bank")
    assert made.gift(fund, external_id="ch_17", account=other).id != first.id


def test_the_number_of_a_service_is_sealed_found_whole_and_erased_while_it_stays_known(fund):
    found = made.settled(fund, external_id="anna-made-up@pay 17", donor=made.donor())
    kept = "".join(session.scalars(text("SELECT gift::text FROM gift")))
    assert "anna" not in kept
    assert "616e6e61" not in kept, "nor as hexadecimal"
    for typed, count in (("anna-made-up@pay 17", 1), ("anna-made-up@pay", 0)):
        assert len(session.scalars(queries.gifts(search=typed, index=numbers.find_index(typed))).all()) == count
    assert numbers.number_of(session.get_one(Gift, found.id)) == "anna-made-up@pay 17"
    with transaction():
        donors.erase(found.donor_id, actor=None)
    session.expire_all()
    assert session.get_one(Gift, found.id).external_sealed is None
    with pytest.raises(gifts.Twice):
        made.gift(fund, external_id="anna-made-up@pay 17")


def test_numbers_of_gifts_without_a_donor_go_half_a_year_later(fund):
    found = made.settled(fund, external_id="ch_17")
    for days, is_there in ((KEPT_DAYS, True), (KEPT_DAYS + 1, False)):
        with transaction():
            numbers.forget_due(clock.today() + timedelta(days=days))
        session.expire_all()
        assert (session.get_one(Gift, found.id).external_sealed is not None) == is_there


@pytest.mark.parametrize(
    "more",
    [
        {"gross": Money(0, "EUR")},
        {"gross": Money(-5_000, "EUR")},
        {"gross": Money(10**14, "EUR")},
        {"fee": 5_000},
        {"fee": -1},
        {"account": "assets:nowhere"},
        {"account": "income:gifts"},
        {"allocations": {}},
        {"allocations": {uuid.UUID(int=1): 4_000, uuid.UUID(int=2): 2_000}},
        {"expected_on": clock.today() + timedelta(days=500)},
    ],
)
def test_what_cannot_be_a_gift_is_refused(fund, more):
    with pytest.raises(BadGift):
        made.gift(fund, **more)


def test_it_does_not_settle_tomorrow_nor_into_a_fund_that_waits_for_its_review(fund):
    gift = made.gift(fund)
    with pytest.raises(BadGift), transaction():
        gifts.settle(gift.id, happened_on=TODAY() + timedelta(days=1), actor=MINE)
    session.rollback()
    hidden = books.fund(state="review")
    with pytest.raises(BadEntry):
        made.settled(hidden)
    session.rollback()
    assert made.income(hidden) == 0


def test_the_database_refuses_allocations_that_do_not_sum(fund):
    gift = made.gift(fund)
    with pytest.raises(IntegrityError, match="do not sum"), transaction():
        session.get_one(GiftAllocation, (gift.id, fund.id)).amount = 4_999
    session.rollback()
    with pytest.raises(IntegrityError, match="do not sum"), transaction():
        session.execute(text("UPDATE gift SET gross = gross + 1"))


def test_who_gave_is_sealed_and_erased_on_its_day_and_the_gift_stays(fund):
    gift = made.settled(fund, donor=made.donor(alias="A friend"))
    row = session.execute(text("SELECT * FROM donor")).one()
    assert not any(b"Anna" in value or b"example" in value for value in row if isinstance(value, bytes))
    opened = donors.open_donor(gift.donor_id)
    assert (opened.name, opened.address, opened.alias) == ("Anna Made-Up", made.ADDRESS, "A friend")
    with transaction():
        assert donors.erase_due(opened.keep_until) == 0
        assert donors.erase_due(opened.keep_until + timedelta(days=1)) == 1
    session.expire_all()
    assert session.scalars(select(Donor)).all() == []
    assert session.get_one(Gift, gift.id).donor_id is None
    assert made.income(fund) == 5_000


@pytest.mark.parametrize("days", [-1, 800])
def test_the_day_of_erasure_is_ahead_and_not_too_far(fund, days):
    with pytest.raises(BadDonor):
        made.gift(fund, donor=made.donor(keep_until=TODAY() + timedelta(days=days)))


def test_ledger_and_moves_name_nobody(fund):
    gift = made.settled(fund, donor=made.donor())
    written = str(session.execute(text("SELECT * FROM ledger_entry")).all())
    written += str([vars(each) for each in session.scalars(select(GiftMove).where(GiftMove.gift_id == gift.id))])
    assert "Anna" not in written
    assert "example.org" not in written
    assert ledger.lines_of(1)


def test_splitting_is_exact_and_takes_no_more_than_there_is():
    a, b, c = (uuid.UUID(int=each) for each in (1, 2, 3))
    for total in range(12):
        parts = split(total, {a: 1, b: 3, c: 7})
        assert sum(parts.values()) == total
        assert parts[a] <= 1 or total > 11
        assert all(0 <= parts[key] <= weight for key, weight in ((a, 1), (b, 3), (c, 7)))
