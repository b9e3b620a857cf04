"""Staff screens of pledges and gifts: who may come in, what they see, what a wrong form says."""

import io
import re

import pytest
from sqlalchemy import select

from campaign.gifts.models import (
    ClosingState,
    Donor,
    Gift,
    GiftImport,
    GiftState,
    Pledge,
    PledgeState,
    RailClosing,
    ReturnState,
    Schedule,
)
from campaign.gifts.queries import returns
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session
from tests.banking import made as statements
from tests.funds import made as books
from tests.funds.test_fund_pages import send
from tests.gifts import made

TODAY = clock.today().isoformat()
READERS, KEEPERS = {Role.TREASURER, Role.ADMIN}, {Role.TREASURER}
GETS = (
    ("/staff/pledges", READERS), ("/staff/pledges/{pledge}", READERS), ("/staff/pledges/export", READERS),
    ("/staff/gifts", READERS), ("/staff/gifts/{gift}", READERS), ("/staff/gifts/export", READERS),
    ("/staff/pledges/rails", READERS), ("/staff/gifts/new", KEEPERS), ("/staff/gifts/imports", KEEPERS),
)  # fmt: skip
POSTS = tuple(
    (path, KEEPERS)
    for path in (
        "/staff/pledges/{pledge}/stop", "/staff/pledges/{pledge}/donor/look", "/staff/pledges/rails",
        "/staff/gifts/new", "/staff/gifts/{gift}/pend", "/staff/gifts/{gift}/settle", "/staff/gifts/{gift}/refund",
        "/staff/gifts/{gift}/dispute", "/staff/gifts/{gift}/win", "/staff/gifts/{gift}/fail",
        "/staff/gifts/{gift}/wrong", "/staff/gifts/{gift}/expire", "/staff/gifts/{gift}/donor/look",
        "/staff/gifts/imports",
    )
)  # fmt: skip


@pytest.fixture
def fund(app):
    books.bank()
    return made.open_fund()


@pytest.fixture
def known(fund):
    """A pledge and a gift, by what the addresses call them."""
    pledge = made.pledge(fund, alias="A neighbour")
    gift = made.gift(fund, donor=made.donor("else@example.org", alias="A friend"))
    return {"pledge": pledge.id, "gift": gift.id}


@pytest.mark.parametrize("role", sorted(Role))
def test_each_page_opens_for_whom_it_is_meant_and_for_nobody_else(sign_in, known, role):
    client = sign_in(role)
    for path, roles in GETS:
        answer = client.get(path.format(**known))
        assert (answer.status_code == 200) == (role in roles), (path, role, answer.status_code)
        assert answer.status_code in {200, 403}
        assert made.ADDRESS not in answer.text
        assert "Anna" not in answer.text
    for path, roles in POSTS:
        status = send(client, path.format(**known)).status_code
        assert (status == 403) == (role not in roles), (path, role, status)


def test_strangers_are_led_to_the_door(client, known):
    for path, _roles in GETS:
        assert client.get(path.format(**known)).status_code == 302


def test_an_empty_room_says_where_to_begin(sign_in, app):
    client = sign_in(Role.TREASURER)
    assert "Nobody has pledged anything yet" in client.get("/staff/pledges").text
    assert "No gift was written down yet" in client.get("/staff/gifts").text
    assert "No file was taken in yet" in client.get("/staff/gifts/imports").text
    assert "None was closed" in client.get("/staff/pledges/rails").text


def form(fund, **changes):
    values = {
        "account": made.BANK, "currency": "eur", "gross": "50,00", "fee": "1.50", "expected_on": TODAY,
        "external_id": "ch_1", "reference": "", "parts-0-fund": str(fund.id), "parts-0-amount": "",
        "name": "Anna Made-Up",
        "email": made.ADDRESS, "alias": "", "visibility": "secret", "language": "en", "keep_until": "",
    }  # fmt: skip
    return values | changes


def press(client, gift_id, how, **fields):
    """Press one of the buttons of the page of a gift, with the version that the page shows."""
    page = client.get(f"/staff/gifts/{gift_id}").text
    found = re.search(r'name="(?:\w+-)?version"[^>]*value="(\d+)"', page)
    prefix = "" if how in {"pend", "expire"} else f"{how}-"
    data = {f"{prefix}version": found[1], **{f"{prefix}{name}": value for name, value in fields.items()}}
    return send(client, f"/staff/gifts/{gift_id}/{how}", data)


def carried_out(second, gift_id):
    """What was asked for of a gift, by whoever did not ask."""
    (waiting,) = [each.id for each in returns.list_returns(gift_id) if each.state == ReturnState.WAITING]
    return send(second, f"/staff/gifts/{gift_id}/returns/{waiting}/carry_out", {}).status_code == 303


def test_a_gift_by_hand_comes_goes_back_and_never_twice(sign_in, fund):
    client, second = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    page = send(client, "/staff/gifts/new", form(fund)).location
    gift_id = page.rpartition("/")[2]
    assert made.income(fund) == 0
    assert press(client, gift_id, "settle", happened_on=TODAY, gross="50", fee="1.5").status_code == 303
    assert made.income(fund) == 5_000
    text = client.get(page).text
    assert "entry 1" in text
    assert "€48.50" in text
    again = send(
        client,
        f"/staff/gifts/{gift_id}/settle",
        {"settle-version": "1", "settle-happened_on": TODAY, "settle-gross": "50"},
    )
    assert again.status_code == 409
    assert "Nothing was changed" in again.text
    refused = press(client, gift_id, "refund", amount="51", happened_on=TODAY)
    assert refused.status_code == 409
    assert 'value="51"' in refused.text
    assert press(client, gift_id, "refund", amount="10", happened_on=TODAY).status_code == 303
    assert made.income(fund) == 5_000, "nothing moves on the word of one"
    assert carried_out(second, gift_id)
    assert made.income(fund) == 4_000
    assert press(client, gift_id, "dispute", happened_on=TODAY).status_code == 303
    assert carried_out(second, gift_id)
    assert made.income(fund) == 0
    assert "Gifts that are disputed" in client.get("/staff").text
    assert press(client, gift_id, "win", happened_on=TODAY).status_code == 303
    assert press(client, gift_id, "fail", happened_on=TODAY).status_code == 303
    assert carried_out(second, gift_id)
    assert made.income(fund) == 0
    twice = send(client, "/staff/gifts/new", form(fund))
    assert twice.status_code == 409
    assert f"/staff/gifts/{gift_id}" in twice.text


def test_who_saw_an_older_page_is_told(sign_in, fund):
    client, gift = sign_in(Role.TREASURER), made.gift(fund)
    assert send(client, f"/staff/gifts/{gift.id}/pend", {"version": "1"}).status_code == 303
    answer = send(client, f"/staff/gifts/{gift.id}/expire", {"version": "1"})
    assert answer.status_code == 409
    assert press(client, gift.id, "expire").status_code == 303


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"gross": "-50"}, "above zero"),
        ({"gross": "0"}, "above zero"),
        ({"gross": "lots"}, "Write the amount in digits"),
        ({"gross": "999999999999999999"}, "too large"),
        ({"currency": "XXY"}, "not a currency code"),
        ({"fee": "50"}, "leave nothing"),
        ({"expected_on": "2999-01-01"}, "too far away"),
        ({"expected_on": "yesterday"}, "Enter a date"),
        ({"parts-0-fund": ""}, "for which fund"),
        ({"parts-0-fund": "nonsense"}, "Choose a fund from the list"),
        ({"account": "assets:nowhere"}, "Not a valid choice"),
        ({"reference": "R-123"}, "a letter and nine digits"),
        ({"email": "anna"}, "not a complete e-mail address"),
        ({"keep_until": "2001-01-01"}, "from today on"),
        ({"visibility": "public"}, "takes a name to be shown"),
    ],
)
def test_what_is_wrong_with_a_gift_is_told_and_nothing_is_lost(sign_in, fund, changes, told):
    answer = send(sign_in(Role.TREASURER), "/staff/gifts/new", form(fund, **changes))
    assert answer.status_code in {409, 422}
    assert told.casefold() in answer.text.casefold()
    assert 'value="Anna Made-Up"' in answer.text
    session.rollback()
    assert session.scalars(select(Gift)).all() == []


def test_several_funds_share_a_gift(sign_in, fund):
    other, client = books.fund(), sign_in(Role.TREASURER)
    more = send(client, "/staff/gifts/new", form(fund, more="1"))
    assert more.status_code == 200
    assert more.text.count('name="parts-1-fund"') == 1
    parts = {"parts-0-amount": "30", "parts-1-fund": str(other), "parts-1-amount": "18.50"}
    page = send(client, "/staff/gifts/new", form(fund, **parts)).location
    assert "€30.00" in client.get(page).text
    wrong = send(client, "/staff/gifts/new", form(fund, **(parts | {"parts-1-amount": "18", "external_id": "other"})))
    assert "sum to what is left" in wrong.text


def test_the_code_of_a_pledge_says_for_which_fund_and_who_gave(sign_in, fund):
    client, pledge = sign_in(Role.TREASURER), made.pledge(fund)
    page = client.get(f"/staff/gifts/new?pledge={pledge.id}").text
    assert f'value="{pledge.reference}"' in page
    answer = send(
        client, "/staff/gifts/new",
        form(fund, reference=pledge.reference, name="", email="", gross="20", fee="", **{"parts-0-fund": ""}),
    )  # fmt: skip
    gift_id = answer.location.rpartition("/")[2]
    assert press(client, gift_id, "settle", happened_on=TODAY, gross="20").status_code == 303
    found = session.scalars(select(Gift)).one()
    assert found.donor_id == session.get_one(Pledge, pledge.id, populate_existing=True).donor_id
    assert "fulfilled" in client.get(f"/staff/pledges/{pledge.id}").text


def test_a_look_at_a_donor_is_a_press_that_is_on_record(sign_in, known):
    client = sign_in(Role.TREASURER)
    page = f"/staff/gifts/{known['gift']}"
    assert "Anna Made-Up" not in client.get(page).text
    assert "A friend" in client.get(page).text
    assert send(client, f"{page}/donor/look").status_code == 303
    assert "Anna Made-Up" in client.get(page).text
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("donor.look") == 1
    assert send(client, f"{page}/donor/erase").status_code == 303
    assert "it is erased" in client.get(page).text
    assert len(session.scalars(select(Donor)).all()) == 1


def test_the_number_of_a_gift_is_read_on_record_and_finds_it(sign_in, fund):
    client, gift = sign_in(Role.TREASURER), made.gift(fund, external_id="pay Anna 17")
    page = f"/staff/gifts/{gift.id}"
    assert "pay Anna 17" not in client.get(page).text
    assert gift.code in client.get("/staff/gifts?q=pay+Anna+17").text
    assert "No gift fits" in client.get("/staff/gifts?q=pay+Anna").text
    assert send(client, f"{page}/donor/look").status_code == 303
    assert "pay Anna 17" in client.get(page).text
    assert "gift.look" in session.scalars(select(AuditEntry.action)).all()


def test_lists_are_narrowed_sorted_and_taken_away_without_donors(sign_in, known, fund):
    client = sign_in(Role.TREASURER)
    pledge = session.get_one(Pledge, known["pledge"])
    for query in (
        f"q={pledge.reference}",
        "state=active",
        f"fund={fund.id}",
        "schedule=once",
        "sort=-due",
        "sort=amount",
    ):
        assert pledge.reference in client.get(f"/staff/pledges?{query}").text, query
    for query in ("q=R-000000000", "state=lapsed", "state=overdue", "schedule=monthly"):
        assert "No pledge fits" in client.get(f"/staff/pledges?{query}").text, query
    code = session.get_one(Gift, known["gift"]).code
    for query in (
        f"q={code}",
        "state=initiated",
        f"fund={fund.id}",
        f"since={TODAY}",
        "sort=-gross",
        "sort=day",
        "page=7",
    ):
        assert code in client.get(f"/staff/gifts?{query}").text, query
    for query in ("q=G-9999", "state=settled", "until=2020-01-01", "account=assets:elsewhere"):
        assert "No gift fits" in client.get(f"/staff/gifts?{query}").text, query
    for path in ("/staff/gifts/export", "/staff/pledges/export"):
        answer = client.get(path)
        assert answer.mimetype == "text/csv"
        assert not any(word in answer.text for word in ("Anna", "example.org", "A friend", "A neighbour"))
    assert code in client.get("/staff/gifts/export").text


def test_a_treasurer_stops_a_pledge_and_waits_for_a_part_no_more(sign_in, fund):
    client = sign_in(Role.TREASURER)
    pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=2)
    page = f"/staff/pledges/{pledge.id}"
    part = re.search(r"/instalments/([0-9a-f-]+)/waive", client.get(page).text)[1]
    assert send(client, f"{page}/instalments/{part}/waive").status_code == 303
    assert send(client, f"{page}/instalments/{part}/waive").status_code == 409
    assert send(client, f"{page}/stop").status_code == 303
    assert session.get_one(Pledge, pledge.id, populate_existing=True).state == PledgeState.CANCELLED


def test_a_way_is_closed_by_two_who_see_how_many_it_concerns(sign_in, fund, run_work):
    client, other, page = sign_in(Role.TREASURER), books.bank("Other bank"), "/staff/pledges/rails"
    pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=None)
    made.settled(fund, 2_000, pledge_id=pledge.id)
    asked = {"account": made.BANK, "new_account": other}
    first = send(client, page, asked)
    assert "1 donor would be told, once" in first.text
    assert "no other treasurer or admin yet" in first.text
    assert send(client, page, asked | {"sure": "y"}).status_code == 303
    assert "a second person decides" in send(client, page, asked | {"sure": "y"}).text
    closing = f"{page}/{session.scalars(select(RailClosing)).one().id}"
    assert send(client, f"{closing}/confirm", {"seen": "1"}).status_code == 409, "not by whoever asked"
    admin = sign_in(Role.ADMIN)
    assert "Ways of giving to be closed" in admin.get("/staff").text
    assert "1 donor would be told, once" in admin.get(page).text
    assert "Look at the number again" in send(admin, f"{closing}/confirm", {"seen": "2"}).text
    assert send(admin, page, asked).status_code == 403
    assert send(admin, f"{closing}/confirm", {"seen": "1"}).status_code == 303
    run_work()
    assert "This way is closed already" in send(client, page, asked | {"sure": "y"}).text
    assert send(client, f"{closing}/reopen", {}).status_code == 303
    assert send(client, page, asked | {"sure": "y"}).status_code == 303
    assert send(client, f"{page}/{waiting_closing()}/drop", {}).status_code == 303


def waiting_closing():
    session.expire_all()
    return session.scalars(select(RailClosing.id).where(RailClosing.state == ClosingState.WAITING)).one()


FILE = """Date;Amount;Currency;Fee;Fund;Reference;Name;Email
{today};50,00;EUR;1,50;{fund};;Anna Made-Up;anna.made-up@example.org
{today};20,00;;;;{code};;
{today};20,00;;;;{code};;
2999-01-01;5;;;{fund};;;
{today};-5;;;{fund};;;
{today};5;;;F99999;;;
{today};5;;;;R-123456789;;
"""


def test_a_file_of_gifts_is_looked_through_then_taken_each_once(sign_in, fund, run_work):
    client = sign_in(Role.TREASURER)
    pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=2)
    fund_id = fund.id
    pledge_id, code = pledge.id, pledge.reference
    content = FILE.format(today=TODAY, fund=fund.code, code=code).encode()

    def upload(data):
        fields = {"file": (io.BytesIO(data), "gifts.csv"), "account": made.BANK, "currency": "EUR"}
        return send(client, "/staff/gifts/imports", fields, content_type="multipart/form-data")

    page = upload(content).location
    text = client.get(page).text
    assert "Row 5" in text
    assert "Row 8" in text
    assert "€90.00" in text
    assert made.income(fund_id) == 0
    assert "This very file is here already" in upload(content).text
    assert send(client, f"{page}/take").status_code == 303
    assert send(client, f"{page}/take").status_code == 409
    run_work()
    assert made.income(fund_id) == 9_000
    assert session.get_one(Pledge, pledge_id).state == PledgeState.FULFILLED
    found = session.scalars(select(GiftImport)).one()
    assert (found.imported, found.content_sealed) == (3, None)
    # The same lines in another file are the same gifts; one more of them is one more.
    longer = content + f"{TODAY};20,00;;;;{code};;\n".encode()
    page = upload(longer).location
    assert send(client, f"{page}/take").status_code == 303
    run_work()
    assert made.income(fund_id) == 11_000
    assert len(session.scalars(select(Gift).where(Gift.state == GiftState.SETTLED)).all()) == 4


@pytest.mark.parametrize("content", [b" ", b"\x00\x01\x02", b"what;is;this\n1;2;3\n", "дата;сумма\n".encode("cp1251")])
def test_what_is_no_file_of_gifts_is_refused(sign_in, fund, content):
    fields = {"file": (io.BytesIO(content), "gifts.csv"), "account": made.BANK, "currency": "EUR"}
    answer = send(sign_in(Role.TREASURER), "/staff/gifts/imports", fields, content_type="multipart/form-data")
    assert answer.status_code in {409, 422}


def test_a_line_of_a_statement_becomes_a_gift_that_counts_at_once(sign_in, fund):
    client, line = sign_in(Role.TREASURER), statements.line(2_000)
    address = f"/staff/gifts/new?line={line}"
    assert 'value="20.00"' in client.get(address).text
    fields = form(fund, gross="9999", fee="", external_id="", account=made.BANK)
    answer = send(client, address, fields)
    assert answer.status_code == 303
    assert "It came with a line of a statement" in client.get(answer.location).text
    assert made.income(fund) == 2_000, "what the line says, whatever was typed"
    assert send(client, address, fields).status_code in {404, 409}
    assert made.income(fund) == 2_000
    assert client.get("/staff/gifts/new?line=00000000-0000-0000-0000-000000000001").status_code == 404
