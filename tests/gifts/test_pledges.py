"""A pledge from the form to its last instalment, and everything its donor can do behind their link."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from campaign.funds.models import FundState, PublicLevel
from campaign.gifts.models import Donor, InstalmentState, Pledge, PledgeShown, PledgeState, Schedule, Visibility
from campaign.gifts.models.codes import BadCode, new_code, read_code
from campaign.gifts.queries import public
from campaign.gifts.queries.pledges import count_overdue
from campaign.gifts.service import donors, gifts, instalments, pledge_clock, pledging, rails
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.mail.rows import MailRow
from campaign.kernel.money import Money
from tests.funds import made as books
from tests.gifts import made

ADDRESS, SECOND = made.ADDRESS, uuid.UUID(int=2)
FORM = {
    "amount": "20", "currency": "EUR", "schedule": "once", "times": "", "starts_on": "", "email": ADDRESS,
    "visibility": "secret", "alias": "", "reminders": "y", "website": "",
}  # fmt: skip


@pytest.fixture
def fund(app):
    books.bank()
    return made.open_fund()


@pytest.fixture
def outside(client):
    client.set_cookie("place", "out")
    return client


def kinds():
    return sorted(session.scalars(select(MailRow.kind)))


def turn(days, run):
    """Let so many days pass, and the timetable with them."""
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
        today = clock.today()
        for pledge_id in pledge_clock.list_due(today):
            with transaction():
                pledge_clock.turn(pledge_id, today)
        return run()


def states(pledge):
    session.expire_all()
    return [each.state for each in instalments.list_instalments(pledge.id)]


def test_a_code_finds_every_wrong_digit():
    code = new_code()
    assert read_code(code.replace("-", " ").lower()) == read_code(code[2:]) == code
    for at in range(2, len(code)):
        wrong = code[:at] + str((int(code[at]) + 1) % 10) + code[at + 1 :]
        with pytest.raises(BadCode):
            read_code(wrong)
    with pytest.raises(BadCode):
        read_code("7K3MA-0P9XC")


def test_the_form_stands_on_the_page_of_the_fund_only_outside_russia(client, fund):
    page = f"/funds/{fund.slug}"
    assert "Pledge it" not in client.get(page).text
    assert "I am outside Russia" in client.get(f"{page}/pledge").text
    client.set_cookie("place", "ru")
    assert "Pledge it" not in client.get(page).text
    assert "write a letter" in client.get(f"{page}/pledge").text
    client.set_cookie("place", "out")
    assert "Pledge it" in client.get(page).text
    answer = client.get(f"{page}/pledge")
    assert "Pledge it" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("place", ["", "ru"])
def test_from_elsewhere_nothing_is_taken(client, fund, place):
    if place:
        client.set_cookie("place", place)
    assert client.post(f"/funds/{fund.slug}/pledge", data=FORM).status_code == 303
    assert session.scalars(select(Pledge)).all() == []


def test_a_pledge_counts_once_the_button_behind_the_mail_was_pressed(outside, fund, mailserver, run_work):
    answer = outside.post(f"/funds/{fund.slug}/pledge", data=FORM)
    assert answer.location.endswith("/pledged")
    assert "One step is left" in outside.get(answer.location).text
    run_work()
    mail = mailserver.mails[-1]
    assert mail.message["Subject"] == "Please confirm"
    body = mail.text
    assert fund.slug not in body
    assert "Made-up fund" not in body
    link = mail.link("/pledges/")
    for _twice in range(2):
        assert "One press, and your pledge counts" in outside.get(link).text
    found = session.scalars(select(Pledge)).one()
    assert found.state == PledgeState.PENDING
    for _twice in range(2):
        assert outside.post(link).status_code == 303
    text_of_page = outside.get(link).text
    assert found.reference in text_of_page
    assert "made-up</em> account" in text_of_page
    session.expire_all()
    assert session.get_one(Pledge, found.id).state == PledgeState.ACTIVE
    assert made.income(fund) == 0


def test_the_answer_is_the_same_for_everybody(outside, fund):
    answers = [outside.post(f"/funds/{fund.slug}/pledge", data=FORM)]
    with transaction():
        pledging.confirm(session.scalars(select(Pledge.id)).one())
    answers.append(outside.post(f"/funds/{fund.slug}/pledge", data=FORM | {"amount": "999"}))
    answers.append(outside.post(f"/funds/{fund.slug}/pledge", data=FORM | {"website": "http://spam.example"}))
    assert len({(each.status_code, each.location, each.text) for each in answers}) == 1
    session.expire_all()
    found = session.scalars(select(Pledge)).one()
    assert found.amount == 2_000
    assert kinds() == ["pledge.already", "pledge.confirm"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"amount": "-20"}, "above zero"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "a lot"}, "Write the amount in digits"),
        ({"amount": "99999999999"}, "too large"),
        ({"currency": "XXY"}, "Not a valid choice"),
        ({"starts_on": "2001-01-01"}, "today or later"),
        ({"starts_on": "tomorrow"}, "Enter a date"),
        ({"email": "anna"}, "Enter your e-mail address"),
        ({"visibility": "public"}, "Enter the name to be shown"),
        ({"times": "7000"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(outside, fund, changes, told):
    form = FORM | {"alias": "A neighbour"} | changes | ({"alias": ""} if "visibility" in changes else {})
    answer = outside.post(f"/funds/{fund.slug}/pledge", data=form)
    assert answer.status_code == 422
    assert told in answer.text
    assert ("A neighbour" in answer.text) == ("visibility" not in changes)
    assert session.scalars(select(Pledge)).all() == []


def test_an_address_gets_three_mails_a_day(fund):
    for minute in range(5):
        with time_machine.travel(clock.now() + timedelta(minutes=minute), tick=False), transaction():
            pledging.pledge(fund, made.draft())
    assert kinds() == ["pledge.confirm"] * 3


def test_nobody_is_found_in_the_database_by_address(fund):
    made.pledge(fund, alias="Neighbour", visibility=Visibility.PRIVATE)
    other = made.open_fund()
    made.pledge(other)
    rows = session.execute(text("SELECT * FROM donor")).all()
    assert not any(
        b"anna" in value or b"Neighbour" in value for row in rows for value in row if isinstance(value, bytes)
    )
    assert len({row.email_index for row in rows}) == 2, "two funds cannot be joined"


def test_that_was_not_me_deletes_all_of_it(outside, fund):
    pledge = made.pledge(fund, confirmed=False)
    link = f"/pledges/{pledging.token_of(pledge)}"
    assert outside.post(f"{link}/not-me", data={"never_again": "y"}).status_code == 303
    assert "nothing behind this link" in outside.get(link).text
    assert session.scalars(select(Donor)).all() == session.scalars(select(Pledge)).all() == []


def test_what_nobody_confirmed_is_deleted_after_a_week(fund):
    made.pledge(fund, confirmed=False)
    for days, gone in ((6, 0), (7, 1)):
        with transaction():
            assert pledging.delete_unconfirmed(clock.today() + timedelta(days=days)) == gone
    assert session.scalars(select(Donor)).all() == []


def test_instalments_come_month_by_month_on_the_same_day_or_the_last(fund):
    with time_machine.travel("2026-01-20T12:00:00Z", tick=False):
        pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=3, starts_on=clock.today().replace(day=31))
        days = [instalments.day_of(pledge, number).isoformat() for number in (1, 2, 3)]
        assert days == ["2026-01-31", "2026-02-28", "2026-03-31"]
        assert [each.due_on.isoformat() for each in instalments.list_instalments(pledge.id)] == days[:2]


def test_gifts_fill_the_earliest_and_fulfil_it(fund):
    pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=2)
    made.settled(fund, 1_500, pledge_id=pledge.id)
    assert states(pledge) == [InstalmentState.DUE, InstalmentState.DUE]
    made.settled(fund, 2_500, pledge_id=pledge.id)
    assert states(pledge) == [InstalmentState.MATCHED] * 2
    assert session.get_one(Pledge, pledge.id).state == PledgeState.FULFILLED


def test_what_goes_back_is_waited_for_again(fund):
    pledge = made.pledge(fund)
    gift = made.settled(fund, 2_000, pledge_id=pledge.id)
    assert session.get_one(Pledge, pledge.id).state == PledgeState.FULFILLED
    with transaction():
        gifts.dispute(gift.id, happened_on=clock.today(), seen_version=None, actor=None)
    assert states(pledge) == [InstalmentState.DUE]
    assert session.get_one(Pledge, pledge.id).state == PledgeState.ACTIVE
    with transaction():
        gifts.win(gift.id, happened_on=clock.today(), seen_version=None, actor=None)
    assert session.get_one(Pledge, pledge.id, populate_existing=True).state == PledgeState.FULFILLED


def test_a_gift_in_another_currency_fills_nothing(fund):
    pledge = made.pledge(fund)
    made.settled(fund, 2_000, currency="USD", pledge_id=pledge.id)
    assert states(pledge) == [InstalmentState.DUE]


def test_reminders_come_before_a_later_part_and_once_after_it(fund):
    pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=None)
    assert turn(0, kinds) == ["pledge.confirm"]
    for days, amount in ((11, 1), (12, 1), (29, 2), (30, 2)):
        assert turn(days, kinds).count("pledge.reminder") == amount, days
    with transaction():
        pledging.set_reminders(pledge.id, wanted=False)
    assert turn(45, kinds).count("pledge.reminder") == 2


def test_what_does_not_come_is_overdue_then_missed_then_lapsed(fund):
    pledge = made.pledge(fund)
    today = clock.today()
    assert [count_overdue(today + timedelta(days=days)) for days in (0, 10, 11)] == [0, 0, 1]
    turn(59, lambda: None)
    assert states(pledge) == [InstalmentState.DUE]
    turn(61, lambda: None)
    assert states(pledge) == [InstalmentState.MISSED]
    assert session.get_one(Pledge, pledge.id).state == PledgeState.LAPSED
    made.settled(fund, 2_000, pledge_id=pledge.id)
    assert session.get_one(Pledge, pledge.id, populate_existing=True).state == PledgeState.FULFILLED


def test_behind_their_link_a_donor_changes_stops_and_is_erased(outside, fund):
    pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=None)
    link = f"/pledges/{pledging.token_of(pledge)}"
    answer = outside.post(f"{link}/amount", data={"amount": "minus one"})
    assert answer.status_code == 422
    assert "minus one" in answer.text
    assert outside.post(f"{link}/amount", data={"amount": "35.50"}).status_code == 303
    assert "€35.50" in outside.get(link).text
    assert "Remind me no more" in outside.get(link).text
    outside.post(f"{link}/reminders", data={"wanted": ""})
    assert "We do not remind you" in outside.get(link).text
    outside.post(f"{link}/stop")
    assert "Your pledge has ended" in outside.get(link).text
    assert states(pledge) == [InstalmentState.WAIVED] * 2
    assert outside.post(f"{link}/erase").status_code == 303
    assert "nothing behind this link" in outside.get(link).text
    assert session.scalars(select(Donor)).all() == []
    assert session.get_one(Pledge, pledge.id, populate_existing=True).donor_id is None


def test_another_s_link_opens_nothing(client, fund):
    pledge = made.pledge(fund)
    token = pledging.token_of(pledge)
    assert client.get(f"/pledges/{token[:-2]}AA").status_code == 404
    assert client.get("/pledges/nonsense").status_code == 404
    assert client.post(f"/pledges/{token[:-2]}AA/erase").status_code == 404
    assert "made-up</em> account" not in client.get(f"/pledges/{token}").text, (
        "where to give is told outside Russia alone"
    )


def test_who_gave_is_thanked_once_and_the_mail_says_nothing(fund, mailserver, run_work, client):
    pledge = made.pledge(fund)
    gift = made.settled(fund, 2_000, pledge_id=pledge.id)
    run_work()
    mails = [each for each in mailserver.mails if each.message["Subject"] == "Thank you"]
    assert len(mails) == 1
    body = mails[0].text
    assert "20" not in re.sub(r"http\S+", "", body)
    receipt = client.get(mails[0].link("/pledges/receipt/")).text
    assert gift.code in receipt
    assert "€20.00" in receipt


def test_a_closed_rail_moves_its_recurring_donors_and_tells_each_once(fund, run_work):
    other = books.bank("Other bank")
    recurring = [made.pledge(fund, f"a{n}@example.org", schedule=Schedule.MONTHLY, times=None) for n in range(3)]
    for each in recurring:
        made.settled(fund, 2_000, pledge_id=each.id)
    once = made.pledge(fund, "once@example.org", amount=Money(9_000, "EUR"))
    made.settled(fund, 2_000, pledge_id=once.id)
    with transaction():
        asked = rails.ask(made.BANK, other, actor=made.TREASURER).id
    with pytest.raises(Forbidden), transaction():
        rails.confirm(asked, seen=3, actor=made.TREASURER)
    run_work()
    assert "pledge.new_way" not in kinds(), "nobody is told on the word of one"
    with transaction():
        rails.confirm(asked, seen=3, actor=SECOND)
    run_work()
    with transaction():
        closing = session.scalars(select(rails.RailClosing)).one()
        rails.go_on(closing.id)
    assert (closing.moved, closing.told) == (3, 3)
    with pytest.raises(Conflict, match="closed already"), transaction():
        rails.ask(made.BANK, other, actor=made.TREASURER)
    assert kinds().count("pledge.new_way") == 3
    accounts = {each.account for each in session.scalars(select(Pledge).where(Pledge.schedule == Schedule.MONTHLY))}
    assert accounts == {other}


def test_the_public_figure_is_of_five_pledges_and_moves_on_by_five(fund, outside):
    for number in range(4):
        made.pledge(fund, f"a{number}@example.org", amount=Money(2_099, "EUR"))
    with transaction():
        pledge_clock.show_again()
    assert public.find_shown(fund.id) is None
    made.pledge(fund, "a4@example.org", amount=Money(2_099, "EUR"))
    with transaction():
        assert pledge_clock.show_again() == 1
    found = session.scalars(select(PledgeShown)).one()
    assert found.amount == 10_000, "104.95 in full tens"
    assert "€100.00" in outside.get(f"/funds/{fund.slug}").text
    later = clock.now() + timedelta(days=8)
    with time_machine.travel(later, tick=False):
        made.pledge(fund, "a5@example.org")
        with transaction():
            assert pledge_clock.show_again() == 0, "one more changes nothing"


def test_those_who_asked_for_it_are_named_among_five_a_month_later(fund, outside):
    for number in range(5):
        pledge = made.pledge(
            fund, f"a{number}@example.org", alias=f"Friend {number}", visibility=Visibility.PUBLIC
        )  # fmt: skip
        made.settled(fund, 2_000, pledge_id=pledge.id)
        with transaction():
            donors.release_name(session.get_one(Pledge, pledge.id).donor_id, actor=made.TREASURER)
        assert public.list_aliases(fund.id, clock.today() + timedelta(days=29)) == ()
    assert public.list_aliases(fund.id, clock.today() + timedelta(days=31)) == [f"Friend {n}" for n in range(5)]


@pytest.mark.parametrize("more", [{"state": FundState.PAUSED}, {"public_level": PublicLevel.HIDDEN}])
def test_a_fund_that_takes_nothing_offers_no_pledge(app, outside, more):
    books.bank()
    fund = made.open_fund(**more)
    assert "Pledge it" not in outside.get(f"/funds/{fund.slug}").text
    with pytest.raises(pledging.NotTaken):
        pledging.pledge(fund, made.draft())
