"""What tells the givers of entries apart: opened to be counted, and one person is one however often they give."""

from campaign.funds.queries.givers import count_apart, words_of
from campaign.gifts.models import Gift
from campaign.gifts.service import donors
from campaign.gifts.service.donors import DonorDraft
from campaign.kernel.db import session, transaction
from tests.funds import made as books
from tests.gifts import made


def count(*gifts):
    session.expire_all()
    numbers = [session.get_one(Gift, each.id).entry_number for each in gifts]
    return count_apart(words_of(numbers).values())


def test_one_address_one_name_or_one_account_is_one_giver(app):
    books.bank()
    fund = made.open_fund()
    by_pledge = made.settled(fund, pledge_id=made.pledge(fund).id)
    by_hand = made.settled(fund, donor=made.donor("anna.made-up+again@example.org"))
    assert count(by_pledge, by_hand) == 1, "one address, tag or not"
    by_name = made.settled(fund, donor=DonorDraft(name="ANNA  made-up"))
    assert count(by_pledge, by_name) == 2
    assert count(by_pledge, by_name, by_hand) == 1, "the one by hand is both"
    other = made.settled(fund, donor=DonorDraft(name="Boris"))
    assert count(by_name, other) == 2, "of neither an address is known, which makes them no one person"
    nobody = [made.settled(fund) for _again in range(3)]
    assert count(by_pledge, other, *nobody) == 2, "of whom nothing is known may be any of them"
    with transaction():
        donors.erase(other.donor_id, actor=None)
    assert count(by_pledge, other) == 1


def test_whatever_shares_a_word_by_way_of_a_third_is_one():
    assert count_apart([]) == 0
    assert count_apart([frozenset("ab"), frozenset("cd"), frozenset("bc"), frozenset("e")]) == 2
