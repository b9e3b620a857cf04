"""Staff screens of funds and of the journal: who may come in, what they see, what a wrong form says."""

import io
import re
import uuid

import pytest

from campaign.funds.models import FundKind, FundState
from campaign.funds.queries import entries, funds
from campaign.funds.service.ledger import Source
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session
from tests.funds import made

TODAY = clock.today().isoformat()
FUND = {
    "kind": "cause", "currency": "eur", "goal": "4 700,00", "public_level": "figures",
    "title_en": "A lawyer for those far away", "title_ru": "Адвокат для тех, кто далеко",
    "summary_en": "A made-up sentence.", "about_en": "Made *up*.",
}  # fmt: skip
READERS, BOOKS, WRITERS, KEEPERS = (
    {Role.TREASURER, Role.ORGANISER, Role.ADMIN}, {Role.TREASURER, Role.ADMIN}, {Role.TREASURER, Role.ORGANISER},
    {Role.TREASURER},
)  # fmt: skip
GETS = (
    ("/staff/funds", READERS), ("/staff/funds/{fund}", READERS), ("/staff/funds/{fund}/figures-light.svg", READERS),
    ("/staff/funds/new", WRITERS), ("/staff/funds/{fund}/edit", WRITERS), ("/staff/funds/{fund}/giving", WRITERS),
    ("/staff/funds/journal", BOOKS), ("/staff/funds/journal/1", BOOKS), ("/staff/funds/proposals", BOOKS),
    ("/staff/funds/accounts", BOOKS), ("/staff/funds/rates", BOOKS), ("/staff/funds/journal/new", KEEPERS),
    ("/staff/funds/journal/1/reverse", KEEPERS), ("/staff/funds/journal/export", KEEPERS),
)  # fmt: skip
NOTHING = uuid.UUID(int=0)
POSTS = (
    ("/staff/funds/new", WRITERS), ("/staff/funds/{fund}/edit", WRITERS), ("/staff/funds/{fund}/state", READERS),
    ("/staff/funds/{fund}/giving", WRITERS), (f"/staff/funds/{{fund}}/giving/{NOTHING}/release", READERS),
    ("/staff/funds/journal/new", KEEPERS), ("/staff/funds/journal/1/reverse", KEEPERS),
    ("/staff/funds/journal/export", KEEPERS), (f"/staff/funds/proposals/{NOTHING}/post", BOOKS),
    ("/staff/funds/accounts", KEEPERS), ("/staff/funds/accounts/1/state", KEEPERS), ("/staff/funds/rates", KEEPERS),
    (f"/staff/funds/rates/files/{NOTHING}/apply", BOOKS),
)  # fmt: skip


def send(client, path, data=None, **more):
    """Send a form with the token that every page of whoever is signed in carries."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").text)
    assert found is not None
    return client.post(path, data={"csrf_token": found[1], **(data or {})}, **more)


def move(client, page, to, **more):
    """Press a button of the page of a fund: with the version that the page shows."""
    found = re.search(r'name="version" value="(\d+)"', client.get(page).text)
    return send(client, f"{page}/state", data={"to": to, "version": found[1] if found else "", **more})


@pytest.fixture
def books(app):
    """A bank, a fund, one gift and one payment; gives the fund."""
    made.bank()
    fund = made.fund(goal=470_000)
    made.gift(fund, 12_345)
    made.payment(fund, 2_000)
    return fund


@pytest.mark.parametrize("role", sorted(Role))
def test_each_page_opens_for_whom_it_is_meant_and_for_nobody_else(sign_in, books, role):
    client = sign_in(role)
    for path, roles in GETS:
        answer = client.get(path.format(fund=books))
        assert (answer.status_code == 200) == (role in roles), (path, role, answer.status_code)
        assert answer.status_code in {200, 403}
    for path, roles in POSTS:
        status = send(client, path.format(fund=books)).status_code
        assert (status == 403) == (role not in roles), (path, role, status)


def test_strangers_are_led_to_the_door(client, books):
    for path, _roles in GETS:
        assert client.get(path.format(fund=books)).status_code == 302


def test_an_empty_room_says_where_to_begin(sign_in):
    client = sign_in(Role.TREASURER)
    assert "Begin with the general fund" in client.get("/staff/funds").text
    assert "Nothing was entered yet" in client.get("/staff/funds/journal").text
    assert "Nothing waits to be posted" in client.get("/staff/funds/proposals").text
    assert "There are no rates yet" in client.get("/staff/funds/rates").text
    assert "There is no place yet" in client.get("/staff/funds/accounts").text


def test_a_fund_is_made_handed_in_and_opened_by_another(sign_in):
    writer, second = sign_in(Role.ORGANISER), sign_in(Role.ADMIN)
    answer = send(writer, "/staff/funds/new", data=FUND)
    assert answer.status_code == 303
    page = answer.location
    assert "Hand in for review" in writer.get(page).text
    assert move(writer, page, "review").status_code == 303
    assert "Looked through: open it" not in writer.get(page).text
    assert move(writer, page, "open").status_code in {403, 409}
    assert "Looked through: open it" in second.get(page).text
    assert move(second, page, "open").status_code == 303
    again = move(second, page, "open")
    assert again.status_code == 409
    assert "Nothing was done twice" in again.text
    assert "€4,700.00" in writer.get("/staff/funds?sort=-goal&state=open&q=lawyer").text
    assert "No fund fits" in writer.get("/staff/funds?q=nothing-like-it").text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title_en": ""}, "This is needed"),
        ({"currency": "euro"}, "Three letters"),
        ({"goal": "a lot"}, "Write the amount in digits"),
        ({"goal": "-5"}, "above zero"),
        ({"public_level": ""}, "Choose one of these"),
        ({"prisoner": "nobody-at-all", "kind": "family"}, "There is no public page"),
        ({"title_en": "x" * 500}, "At most"),
    ],
)
def test_what_is_wrong_with_a_fund_is_told_and_nothing_is_lost(sign_in, changes, told):
    answer = send(sign_in(Role.TREASURER), "/staff/funds/new", data=FUND | changes)
    assert answer.status_code in {409, 422}
    assert told in answer.text
    assert "A made-up sentence." in answer.text


def test_the_page_of_a_fund_shows_what_it_has(sign_in, books):
    text = sign_in(Role.TREASURER).get(f"/staff/funds/{books}").text
    for figure in ("€123.45", "€20.00", "€103.45", "€4,700.00"):
        assert figure in text
    assert "figures-light.svg" in text
    picture = sign_in(Role.ORGANISER).get(f"/staff/funds/{books}/figures-dark.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "€123.45" in picture.text
    assert "Die" not in text


def test_organisers_see_figures_and_no_journal(sign_in, books):
    text = sign_in(Role.ORGANISER).get(f"/staff/funds/{books}").text
    assert "€103.45" in text
    assert "/journal" not in text


def entry_form(fund, **changes):
    values = {
        "memo": "gift",
        "happened_on": TODAY,
        "reference": "G-2026-1",
        "lines-0-account": "assets:bank",
        "lines-0-fund": str(fund),
        "lines-0-currency": "EUR",
        "lines-0-debit": "50,00",
        "lines-0-credit": "",
        "lines-1-account": "income:gifts",
        "lines-1-fund": str(fund),
        "lines-1-currency": "EUR",
        "lines-1-debit": "",
        "lines-1-credit": "50",
    }
    return values | changes


def test_an_entry_by_hand_takes_two_persons(sign_in, books):
    writer, second = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    answer = send(writer, "/staff/funds/journal/new", data=entry_form(books))
    assert answer.status_code == 303
    page = answer.location
    assert "somebody else posts it" in writer.get(page).text
    assert send(writer, f"{page}/post").status_code == 409
    assert "€50.00" in second.get(page).text
    assert send(second, f"{page}/post").status_code == 303
    assert send(second, f"{page}/post").status_code == 409
    assert "Entry 3" in writer.get(page).text
    answer = send(writer, "/staff/funds/journal/3/reverse", data={"memo": "wrong_fund", "happened_on": TODAY})
    assert send(second, f"{answer.location}/post").status_code == 303
    assert "This entry was taken back" in writer.get("/staff/funds/journal/3").text
    session.expire_all()
    assert entries.find_reversal(3) == 4


def test_what_a_gift_posted_is_not_taken_back_here(sign_in, books):
    keeper, path = sign_in(Role.TREASURER), "/staff/funds/journal/{}"
    by_gift = made.gift(books, 500, source=Source("gift", uuid.uuid4()))
    page = keeper.get(path.format(by_gift)).text
    assert "Take this entry back" not in page
    assert "where it was entered" in page
    asked = {"memo": "wrong_fund", "happened_on": TODAY}
    assert send(keeper, path.format(by_gift) + "/reverse", data=asked).status_code == 409
    assert "Take this entry back" in keeper.get(path.format(by_gift - 1)).text


def test_more_lines_keep_what_was_typed(sign_in, books):
    answer = send(sign_in(Role.TREASURER), "/staff/funds/journal/new", data=entry_form(books, more="1"))
    assert answer.status_code == 200
    assert 'value="50,00"' in answer.text
    assert len(re.findall(r'name="lines-\d+-debit"', answer.text)) > 4


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lines-1-credit": "49"}, "do not sum to zero"),
        ({"lines-0-credit": "50"}, "Debit or credit, not both"),
        ({"lines-0-debit": "-50"}, "above zero"),
        ({"lines-0-debit": "50 kopecks"}, "Write the amount in digits"),
        ({"lines-0-currency": "XXY"}, "not a currency code"),
        ({"happened_on": "2999-01-01"}, "still ahead"),
        ({"happened_on": "yesterday"}, "Enter a date"),
        ({"reference": "for Anna"}, "never holds a name"),
        ({"lines-0-fund": "nonsense"}, "Choose an account and a fund"),
        ({"lines-0-account": "assets:nowhere"}, "accounts is closed"),
        ({"memo": "twice"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_with_an_entry_is_told_and_nothing_is_lost(sign_in, books, changes, told):
    answer = send(sign_in(Role.TREASURER), "/staff/funds/journal/new", data=entry_form(books, **changes))
    assert answer.status_code in {409, 422}
    assert told in answer.text
    assert 'value="50"' in answer.text or "lines-1-credit" in changes
    assert entries.count_proposals_waiting() == 0


def test_the_journal_is_narrowed_by_what_stands_in_the_address(sign_in, books):
    client = sign_in(Role.TREASURER)
    assert "A payment" in client.get("/staff/funds/journal").text
    found = client.get(f"/staff/funds/journal?memo=gift&fund={books}&account=assets:bank&since=2020-01-01").text
    assert "/journal/1" in found
    assert "/journal/2" not in found
    assert "No entry fits" in client.get("/staff/funds/journal?until=2020-01-01").text
    for nonsense in (
        "fund=x",
        "number=x",
        "since=x",
        "page=x",
        "memo=x",
        f"fund={NOTHING}",
        "number=99999999999999999999",
    ):
        assert client.get(f"/staff/funds/journal?{nonsense}").status_code == 200
    assert client.get("/staff/funds/journal/99").status_code == 404
    assert client.get("/staff/funds/journal/99999999999999999999999").status_code == 404


def test_the_journal_leaves_as_a_file_and_that_is_on_record(sign_in, books):
    client = sign_in(Role.TREASURER)
    answer = send(client, "/staff/funds/journal/export", data={"format": "csv"})
    assert answer.text.count("\n") == 5
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "balance Assets:Bank" in send(client, "/staff/funds/journal/export", data={"format": "beancount"}).text
    assert send(client, "/staff/funds/journal/export", data={"format": "xlsm"}).status_code == 404


def test_where_to_give_is_released_by_another(sign_in, books):
    writer, second = sign_in(Role.TREASURER), sign_in(Role.ORGANISER)
    assert send(writer, f"/staff/funds/{books}/giving", data={"text_en": "A made-up bank"}).status_code == 303
    giving = funds.list_givings(books)[0].id
    session.rollback()
    assert send(writer, f"/staff/funds/{books}/giving/{giving}/release").status_code == 409
    assert "Looked through: show it" in second.get(f"/staff/funds/{books}").text
    assert send(second, f"/staff/funds/{books}/giving/{giving}/release").status_code == 303
    assert "Show it no more" in writer.get(f"/staff/funds/{books}").text
    assert send(writer, f"/staff/funds/{books}/giving/{giving}/take_down").status_code == 303
    empty = send(writer, f"/staff/funds/{books}/giving", data={"text_en": "  "})
    assert empty.status_code == 409
    assert "Write at least one language" in empty.text


def test_a_fund_comes_to_its_end_by_two_persons_and_a_rule(sign_in, books):
    other = made.fund(kind=FundKind.GENERAL)
    one, second = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    assert "Bring it to its end" in one.get(f"/staff/funds/{books}").text
    wrong = move(one, f"/staff/funds/{books}", "closing", target="nonsense")
    assert wrong.status_code == 422
    assert move(one, f"/staff/funds/{books}", "closing", target="general").status_code == 303
    assert move(second, f"/staff/funds/{books}", "closed").status_code == 303
    assert "Take it up again" in one.get(f"/staff/funds/{books}").text
    assert "ended" in one.get(f"/staff/funds/{books}").text
    assert "€103.45" in one.get(f"/staff/funds/{other}").text
    session.expire_all()
    assert funds.get_fund(books).state == FundState.CLOSED


def test_accounts_are_opened_and_closed(sign_in, books):
    client = sign_in(Role.TREASURER)
    answer = send(client, "/staff/funds/accounts", data={"title": "Cash box", "rail": "cash", "currency": "gel"})
    assert answer.status_code == 303
    twice = send(client, "/staff/funds/accounts", data={"title": "Cash box", "rail": "cash", "currency": ""})
    assert twice.status_code == 409
    account = next(each for each in entries.list_assets() if each.code == "assets:cash-box")
    session.rollback()
    assert send(client, f"/staff/funds/accounts/{account.id}/state", data={"to": "closed"}).status_code == 303
    assert "takes none" in client.get("/staff/funds/accounts").text
    assert send(client, "/staff/funds/accounts/999999/state", data={"to": "closed"}).status_code == 404


def test_rates_are_taken_after_a_look(sign_in):
    client = sign_in(Role.TREASURER)

    def bring(content):
        data = {"source": "ecb", "file": (io.BytesIO(content), "eurofxref.csv")}
        return send(client, "/staff/funds/rates", data=data, content_type="multipart/form-data")

    answer = bring(b"Date,USD,JPY\n2026-01-30,1.05,160.25\nsoon,1,1\n")
    assert answer.status_code == 303
    assert "3: soon" in client.get(answer.location).text
    assert "You brought this file" in client.get(answer.location).text
    assert send(client, f"{answer.location}/apply").status_code == 409, "not by whoever brought it"
    second = sign_in(Role.ADMIN)
    assert "Rates to be taken by a second person" in second.get("/staff").text
    assert send(second, f"{answer.location}/apply").status_code == 303
    assert "160.25" in client.get("/staff/funds/rates?currency=JPY").text
    assert bring(b"no table").status_code == 409
    assert bring(b"").status_code == 422
    assert send(client, "/staff/funds/rates", data={"source": "ecb"}).status_code == 422


def test_what_waits_stands_on_the_dashboard(sign_in, books):
    writer, second = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    send(writer, "/staff/funds/journal/new", data=entry_form(books))
    assert "Entries to be posted by a second person" in second.get("/staff").text


def test_screens_speak_russian(sign_in, books):
    client = sign_in(Role.TREASURER)
    for path, _roles in GETS:
        if not path.endswith("svg"):
            assert client.get("/ru" + path.format(fund=books)).status_code == 200
