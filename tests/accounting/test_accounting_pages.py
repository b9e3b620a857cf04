"""The pages of the accounts: what the public reads, and the rooms in which months are closed and reports published."""

import csv
import io
import re
from datetime import date

import pytest

from campaign.accounting.queries import reports
from campaign.funds.queries import months as closed
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from tests.accounting import made as months
from tests.funds import made
from tests.funds.test_fund_pages import send

JANUARY = date(2024, 1, 1)
BOOKS, KEEPERS = {Role.TREASURER, Role.ADMIN}, {Role.TREASURER}
GETS = (
    "/staff/accounting", "/staff/accounting/months", "/staff/accounting/reports", "/staff/accounting/figures",
    "/staff/accounting/figures/categories", "/staff/accounting/figures/categories.csv",
    "/staff/accounting/figures/helped", "/staff/accounting/figures/cash-light.svg",
)  # fmt: skip
POSTS = (
    ("/staff/accounting/months", KEEPERS), ("/staff/accounting/reports", KEEPERS),
    ("/staff/accounting/months/1/close", BOOKS),
    ("/staff/accounting/reports/00000000-0000-0000-0000-000000000000/publish", BOOKS),
)  # fmt: skip


@pytest.fixture
def fund(app):
    made.bank()
    found = made.fund()
    months.month(found, JANUARY, gifts=12, LAWYER=6, PARCELS=5, TRAVEL=2)
    return found


@pytest.mark.parametrize("role", list(Role))
def test_who_may_come_in(role, fund, sign_in):
    client = sign_in(role)
    for path in GETS:
        assert client.get(path).status_code == (200 if role in BOOKS else 403), path
    for path, may in POSTS:
        answer = send(client, path)
        assert (answer.status_code == 403) == (role not in may), path


def test_nobody_else_comes_in(fund, client):
    assert client.get("/staff/accounting").status_code == 302


def test_two_persons_close_a_month_and_publish_its_report(fund, sign_in, client):
    first, second = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    page = first.get("/staff/accounting/months").text
    assert "January 2024" in page
    assert "25 entries" in page
    assert send(first, "/staff/accounting/months", data={"seen": "24"}).status_code == 409
    assert send(first, "/staff/accounting/months", data={"seen": "25"}).status_code == 303
    month = closed.find_proposed()
    path = f"/staff/accounting/months/{month.id}"
    assert "You proposed this" in first.get("/staff/accounting/months").text
    assert send(first, f"{path}/close", data={"seen": "25"}).status_code == 409
    assert "A month of the books, to be closed" in second.get("/staff/accounting").text
    assert send(second, f"{path}/close", data={"seen": "25"}).status_code == 303
    assert send(second, f"{path}/close", data={"seen": "25"}).status_code == 409
    assert "A report that could be published" in first.get("/staff/accounting").text
    page = first.get("/staff/accounting/reports").text
    assert "Next: January 2024" in page
    until = re.search(r'name="until" value="([^"]+)"', page)[1]
    assert send(first, "/staff/accounting/reports", data={"until": "2024-02-29"}).status_code == 409
    assert send(first, "/staff/accounting/reports", data={"until": until}).status_code == 303
    report = reports.find_waiting()
    path = f"/staff/accounting/reports/{report.id}"
    assert client.get("/funds/report/2024-01").status_code == 404
    assert send(first, f"{path}/publish").status_code == 409
    assert "Looked through" in second.get(path).text
    assert send(second, f"{path}/publish").status_code == 303
    session.remove()
    assert client.get("/funds/report/2024-01").status_code == 200
    assert send(first, f"{path}/hide").status_code == 303
    client.application.extensions["page_cache"].clear()
    assert client.get("/funds/report/2024-01").status_code == 404


@pytest.fixture
def published(fund):
    months.close()
    return months.publish()


def test_the_public_reads_sums_and_nothing_else(published, client):
    page = client.get("/funds/report/2024-01").text
    for shown in ("January 2024", "€1,200.00", "€520.00", "€680.00", "Lawyers", "Everything else", "10 or more"):
        assert shown in page, shown
    assert "Journeys" not in page
    assert "€80.00" not in page
    for path in ("/funds/report", "/ru/funds/report", "/de/funds/report", "/ru/funds/report/2024-01"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("public")
    assert 'href="/funds/report"' in client.get("/funds").text


def test_it_comes_as_picture_table_and_paper(published, client):
    picture = client.get("/funds/report/2024-01/what-for-dark.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "Lawyers" in picture.text
    answer = client.get("/funds/report/2024-01/report.csv")
    assert 'filename="report-2024-01.csv"' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"].startswith("public")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert ["What it went for", "Lawyers", "240.00", "EUR"] in rows
    assert ["Together", "Left at the end", "680.00", "EUR"] in rows
    for language in ("", "/ru", "/de"):
        answer = client.get(f"{language}/funds/report/2024-01/report.pdf")
        assert answer.data.startswith(b"%PDF"), language
        assert answer.headers["Cache-Control"].startswith("public")
    assert client.get("/funds/report/over-time-light-narrow.svg").status_code == 200


@pytest.mark.parametrize(
    "path", ["2024-02", "2024-13", "nonsense", "2024-01-01", "2024-01/what-for-red.svg", "0000-00"]
)
def test_what_was_not_told_of_is_not_there(published, client, path):
    assert client.get(f"/funds/report/{path}").status_code == 404


def test_a_month_told_of_with_the_next_leads_there(app, client):
    made.bank()
    fund = made.fund()
    months.month(fund, JANUARY, gifts=2)
    months.month(fund, date(2024, 2, 1), LAWYER=6)
    months.close()
    months.close()
    months.publish()
    answer = client.get("/funds/report/2024-01")
    assert answer.headers["Location"].endswith("/funds/report/2024-02")
    assert "January 2024 to February 2024" in client.get("/funds/report/2024-02").text


def test_without_a_report_the_page_says_so(app, client):
    assert "No report has been published yet." in client.get("/funds/report").text


def test_no_fund_takes_the_address_of_the_reports(app):
    from campaign.funds.models import FundKind, PublicLevel
    from campaign.funds.service import funds
    from campaign.funds.service.funds import FundDraft

    draft = FundDraft(
        kind=FundKind.CAUSE, currency="EUR", public_level=PublicLevel.WORDS, titles={"en": "Report"}, summaries={},
        abouts={}, goal=None,
    )  # fmt: skip
    with transaction():
        assert funds.create_fund(draft, actor=months.FIRST).slug == "report-2"


def test_the_reports_for_treasurers_show_and_save_the_same(fund, sign_in):
    client = sign_in(Role.TREASURER)
    page = client.get("/staff/accounting/figures").text
    assert "€680.00" in page
    assert "Bank" in page
    rows = list(csv.reader(io.StringIO(client.get("/staff/accounting/figures/cash.csv").data.decode("utf-8-sig"))))
    assert rows[1][1:] == ["Bank", "680.00 EUR"]
    page = client.get("/staff/accounting/figures/cash?day=2024-01-02").text
    assert "€100.00" in page
    page = client.get("/staff/accounting/figures/categories?day=2024-03-01&length=3").text
    assert "Lawyers" in page
    assert "€240.00" in page
    page = client.get("/staff/accounting/figures/helped?day=2024-03-01&length=3").text
    assert "0 people and families" in page
    assert ">13<" in page
    assert client.get("/staff/accounting/figures/nothing").status_code == 404
    for query in ("day=2999-01-01", "day=nonsense&length=5", "currency=ZZZ", "day=0001-01-01"):
        assert client.get(f"/staff/accounting/figures/categories?{query}").status_code == 200


def test_the_first_room_says_what_lies_where(fund, sign_in):
    page = sign_in(Role.TREASURER).get("/staff/accounting").text
    assert "€680.00" in page
    assert "none yet" in page
    assert "A month that is over and not closed" in page
    assert re.search(r'<li><a href="/staff/accounting" aria-current="page"', page)


def test_a_flaw_is_told_and_nothing_can_be_closed(fund, sign_in):
    from tests.funds.test_ledger import tamper

    tamper("UPDATE ledger_entry SET memo = 'grant' WHERE number = 1")
    page = sign_in(Role.TREASURER).get("/staff/accounting/months").text
    assert "The books of this month do not hold" in page
    assert "Propose to close it" not in page
    assert clock.today() > JANUARY


def way_of(client, path):
    """The rows of the way between the rooms, each with its words and those marked as current."""
    page = client.get(path).text
    found = re.search(r'<nav class="rooms.*?</nav>', page, re.S)
    rows = re.findall(r"<ul.*?</ul>", found[0], re.S) if found else []
    return [(re.findall(r">([^<]+)</a>", row), re.findall(r'aria-current="(\w+)">([^<]+)', row)) for row in rows]


def test_the_rooms_of_the_money_stand_in_groups_and_only_those_that_open(app, sign_in):
    groups, rooms = way_of(sign_in(Role.TREASURER), "/staff/gifts")
    assert groups == (["Today", "Funds", "Coming in", "Going out", "The books", "Settings"], [("true", "Coming in")])
    assert rooms == (["Pledges", "Gifts", "Statements", "Lines to be matched"], [("page", "Gifts")])
    [alone] = way_of(sign_in(Role.TREASURER), "/staff/funds")
    assert alone[1] == [("page", "Funds")], "a group with one room needs no second row"
    coordinator = way_of(sign_in(Role.COORDINATOR), "/staff/needs")
    assert coordinator == [(["Needs", "Grant rounds"], [("page", "Needs")])]
