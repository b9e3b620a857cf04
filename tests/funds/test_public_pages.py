"""What the public sees of funds: needs and sums, never a gift; where to give outside Russia alone."""

import re
import uuid
from datetime import timedelta

import pytest

from campaign.funds.models import Fund, FundKind, FundState, Memo, PublicLevel
from campaign.funds.queries.public import figures_of, week_end
from campaign.funds.service import giving, ledger, rates, received
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import Prisoner
from campaign.prisoners.service.publication import withdraw
from tests.funds import made
from tests.support import make

pytestmark = pytest.mark.usefixtures("app")
ANNA, BORIS = uuid.UUID(int=1), uuid.UUID(int=2)
LAST_WEEK = week_end(clock.today())
WORDS = "A made-up bank, purpose: thanks"
TITLES = {"en": "A lawyer for those far away", "ru": "Адвокат для тех, кто далеко"}


def public_fund(**changes):
    values = {
        "slug": "a-lawyer", "titles": TITLES, "summaries": {"en": "A sentence."}, "abouts": {"en": "Made *up*."},
        "goal": 470_000, "public_level": PublicLevel.FIGURES,
    }  # fmt: skip
    return made.fund(**(values | changes))


def release(fund, words=WORDS):
    with transaction():
        text = giving.propose_giving(fund, {"en": words}, actor=ANNA)
    with transaction():
        giving.release_giving(fund, text.id, actor=BORIS)


def at(client, place):
    client.set_cookie("place", place)
    return client


def give(fund, amounts, currency="EUR", day=LAST_WEEK, **more):
    with made.posted_on(day):
        numbers = [made.gift(fund, minor, currency, day=day, **more) for minor in amounts]
    turn()
    return numbers


def turn(today=None):
    """What the timetable does."""
    with transaction():
        return received.move_on(today or clock.today())


def pay(fund, amounts, day=LAST_WEEK):
    with made.posted_on(day):
        for minor in amounts:
            made.payment(fund, minor, day=day)


def shown(fund, today=None):
    turn(today)
    found = figures_of([session.get_one(Fund, fund)], today or clock.today())[fund]
    return tuple(None if each is None else each.minor for each in (found.received, found.passed_on))


def test_the_figures_stand_still_until_five_more_have_come():
    made.bank()
    fund, before = public_fund(), LAST_WEEK - timedelta(days=7)
    give(fund, [10_000] * 5, day=before)
    assert shown(fund, LAST_WEEK) == (50_000, None)
    give(fund, [7_700] * 4)
    pay(fund, [3_000] * 4)
    assert shown(fund) == (50_000, None)
    pay(fund, [3_000])
    assert shown(fund) == (50_000, 15_000)
    give(fund, [7_700])
    assert shown(fund) == (88_000, 15_000)
    assert turn() == 0, "twice is once"


def test_one_giver_of_many_gifts_is_one_of_five():
    made.bank()
    fund = public_fund()
    give(fund, [1_000] * 4, giver="Anna")
    give(fund, [50_000])
    assert shown(fund) == (None, None), "Anna would see what the other one gave"
    give(fund, [10_000] * 6, giver="")
    assert shown(fund) == (None, None), "of whom nothing is known may be Anna as well"
    give(fund, [10_000] * 3)
    assert shown(fund) == (144_000, None)


def test_what_is_shown_stays_when_those_who_gave_are_forgotten():
    made.bank()
    fund = public_fund()
    give(fund, [10_000] * 5)
    assert shown(fund) == (50_000, None)
    made.forget_givers()
    assert turn() == 0
    assert shown(fund) == (50_000, None)


def test_what_is_posted_later_for_last_week_waits_for_the_next():
    made.bank()
    fund = public_fund()
    give(fund, [10_000] * 5)
    for _gift in range(5):
        made.gift(fund, 50_000, day=LAST_WEEK)
    assert shown(fund) == (50_000, None)
    assert shown(fund, clock.today() + timedelta(days=7)) == (300_000, None)


def test_lines_of_one_entry_and_what_was_taken_back_make_no_five_gifts():
    made.bank()
    fund = public_fund()
    with made.posted_on(LAST_WEEK), transaction():
        lines = [each for _line in range(6) for each in made.gift_lines(fund, 10_000)]
        ledger.post(lines, memo=Memo.GIFT, happened_on=LAST_WEEK, actor=ANNA)
    [number] = give(fund, [10_000])
    give(fund, [10_000] * 3)
    with made.posted_on(LAST_WEEK), transaction():
        ledger.reverse(number, memo=Memo.TWICE, happened_on=LAST_WEEK, actor=ANNA)
    give(fund, [10_000])
    assert shown(fund) == (None, None), "one of six lines, and four that stand"
    give(fund, [10_000])
    assert shown(fund) == (110_000, None)


def test_the_page_shows_what_came_together_and_nothing_of_a_gift(client):
    made.bank()
    fund = public_fund()
    give(fund, [10_000, 5_055, 2_000, 1_000, 700])
    pay(fund, [12_345 - 400, 100, 100, 100, 100])
    made.gift(fund, 99_900, day=clock.today())
    page = client.get("/funds/a-lawyer").text
    assert "€4,700.00" in page
    assert "€180.00" in page, "in full tens"
    assert "€120.00" in page
    for hidden in ("187.55", "50.55", "999", "123.45"):
        assert hidden not in page
    picture = client.get("/funds/a-lawyer/figures-light.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "€180.00" in picture.text
    assert client.get("/funds/a-lawyer/figures-green.svg").status_code == 404
    assert "€180.00" in client.get("/funds").text


def test_few_gifts_are_not_shown(client):
    made.bank()
    give(public_fund(), [10_000] * 4)
    page = client.get("/funds/a-lawyer").text
    assert "without showing who gave" in page
    assert "400" not in re.sub(r"<(style|script).*?</\1>", "", page)


def test_other_currencies_count_at_about_what_they_were_worth_or_are_told_of(client):
    made.bank()
    fund = public_fund()
    give(fund, [5_000], "USD")
    give(fund, [10_000] * 5)
    page = client.get("/funds/a-lawyer").text
    assert "Some currencies are not counted in." in page
    # It may be that of a single giver.
    assert "USD" not in page
    with transaction():
        found = rates.stage_rates(f"Date,USD\n{LAST_WEEK},1.25\n".encode(), file_name="", source="ecb", actor=None)
        rates.apply_rates(found.id, actor=None)
    client.application.extensions["page_cache"].clear()
    page = client.get("/funds/a-lawyer").text
    assert "€540.00" in page
    assert "at about what they were worth" in page


def test_a_page_without_figures_shows_none(client):
    made.bank()
    give(public_fund(public_level=PublicLevel.WORDS), [10_000] * 6)
    page = client.get("/funds/a-lawyer").text
    assert "€" not in page
    assert client.get("/funds/a-lawyer/figures-light.svg").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"public_level": PublicLevel.HIDDEN}, {"state": FundState.DRAFT}, {"state": FundState.REVIEW},
        {"state": FundState.CLOSED, "residual": "general", "closed_on": clock.today()},
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_there(client, changes):
    public_fund(**changes)
    assert client.get("/funds/a-lawyer").status_code == 404
    assert "far away" not in client.get("/funds").text


def test_a_withdrawn_person_takes_their_fund_along(client):
    who = make.public_prisoner()
    public_fund(kind=FundKind.FAMILY, prisoner_id=who.id)
    assert f"/prisoners/{who.slug}" in client.get("/funds/a-lawyer").text
    with transaction():
        withdraw(session.get_one(Prisoner, who.id), "made up", actor=ANNA)
    session.remove()
    client.application.extensions["page_cache"].clear()
    assert client.get("/funds/a-lawyer").status_code == 404
    assert "far away" not in client.get("/funds").text


@pytest.mark.parametrize("language", ["", "/ru", "/de"])
def test_where_to_give_is_told_outside_russia_alone(client, language):
    release(public_fund())
    path = f"{language}/funds/a-lawyer"
    page = client.get(path).text
    assert WORDS not in page
    assert 'value="out"' in page
    page = at(client, "ru").get(path).text
    assert WORDS not in page
    page = at(client, "out").get(path).text
    assert WORDS in page
    assert page.count("<li>") > 4


def test_the_notice_says_what_can_happen(client):
    release(public_fund())
    page = at(client, "out").get("/funds/a-lawyer").text
    assert "Nobody can promise you that giving is safe" in page
    assert "can be traced for ever" in page


def test_nobody_is_told_where_to_give_while_it_rests_or_before_two_persons_said_so(client):
    fund = public_fund()
    with transaction():
        giving.propose_giving(fund, {"en": WORDS}, actor=ANNA)
    page = at(client, "out").get("/funds/a-lawyer").text
    assert WORDS not in page
    assert "not said at the moment" in page


def test_whoever_is_labelled_is_given_to_by_nobody(client, monkeypatch):
    release(public_fund())
    monkeypatch.setattr(giving, "find_designated", lambda words: ["found"] if "bank" in words else [])
    assert WORDS not in at(client, "out").get("/funds/a-lawyer").text


def test_the_pages_are_the_same_for_everybody_and_kept(client):
    public_fund()
    answer = client.get("/funds/a-lawyer")
    assert "max-age=10" in answer.headers["Cache-Control"]
    assert "stale-if-error" not in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["ETag"]
    for path in ("/funds?page=1", "/funds?page=9", "/funds?page=x"):
        assert client.get(path).status_code == 302
    assert client.get("/funds?utm=x").status_code in {200, 302}


def test_an_empty_list_says_so(client):
    assert "Nothing is collected in public" in client.get("/funds").text


def test_many_funds_come_in_pages(client):
    for number in range(14):
        public_fund(slug=f"made-up-fund-{number}", titles={"en": f"Fund number {number}"})
    assert "/funds?page=2" in client.get("/funds").text
    assert "Fund number 13" in client.get("/funds?page=2").text


def test_last_week_ends_on_a_sunday():
    day = clock.today()
    for ago in range(14):
        found = week_end(day - timedelta(days=ago))
        assert found.isoweekday() == 7
        assert 1 <= ((day - timedelta(days=ago)) - found).days <= 7
