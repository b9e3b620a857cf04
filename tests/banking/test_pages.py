"""The pages of statements: a file through the form, its columns, a line and what is done with it; who may."""

import io
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from campaign.banking.models import BankLine, BankStatement, LineState, StatementState
from campaign.funds.models import FundKind, LedgerEntry
from campaign.funds.queries.balances import account_balances_at
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session
from campaign.kernel.money import Money
from tests.banking import made
from tests.banking.files import Row, as_camt, as_csv, as_mt940
from tests.banking.made import Gifts
from tests.funds.made import fund
from tests.support.pages import PageClient
from workers.run_jobs import run_due_jobs

SignIn = Callable[..., PageClient]
DAY = date(2026, 10, 5)
ROWS = [Row(DAY, 5000, text="G-1"), Row(DAY, 7000, who="Vera Muster", text="for the families")]


@pytest.fixture
def treasurer(sign_in: SignIn) -> PageClient:
    return sign_in(Role.TREASURER)


@pytest.fixture
def gifts(app: Flask) -> Iterator[Gifts]:
    with made.gifts() as taker:
        yield taker


def bring(client: PageClient, content: bytes, name: str = "october.txt") -> str:
    code = made.account()
    answer = client.post("/staff/statements", data={
        "csrf_token": token(client), "account": str(made.account_id(code)), "file": (io.BytesIO(content), name),
    }, content_type="multipart/form-data")  # fmt: skip
    return answer.headers.get("Location", "") if answer.status_code == 303 else answer.text


def work() -> None:
    while run_due_jobs():
        pass


def token(client: PageClient) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").text)
    assert found is not None
    return found[1]


def post(client: PageClient, path: str, **form: object) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client), **form})


def line_of(minor: int) -> BankLine:
    session.expire_all()
    return session.scalars(select(BankLine).where(BankLine.amount == minor)).one()


def test_a_statement_through_the_form(treasurer: PageClient, gifts: Gifts) -> None:
    gifts.expect("G-1", 5000)
    url = bring(treasurer, as_mt940(ROWS))
    work()
    shown = treasurer.get(url)
    assert "Keep 2 new lines" in shown.text
    assert "Vera" not in shown.text
    assert post(treasurer, f"{url}/keep").status_code == 303
    work()
    assert line_of(5000).state == LineState.MATCHED
    listed = treasurer.get("/staff/statements/lines")
    assert "70" in listed.text
    assert "Vera" not in listed.text
    assert "This very file is here already" in treasurer.get(bring(treasurer, as_mt940(ROWS))).text
    assert session.scalar(select(func.count()).select_from(BankStatement)) == 1


def test_a_table_whose_columns_are_named(treasurer: PageClient) -> None:
    url = bring(treasurer, as_csv(ROWS))
    page = treasurer.get(url)
    assert "Columns of october.txt" in page.text
    assert "Vera" not in page.text
    assert post(treasurer, f"{url}/samples").status_code == 303
    assert "Vera" in treasurer.get(url).text
    wrong = post(treasurer, f"{url}/columns", **{"column-0": "day", "days": "dmy", "point": ","})
    assert wrong.status_code == 422
    columns = {"column-0": "day", "column-1": "amount", "column-3": "who", "column-5": "text"}
    assert post(treasurer, f"{url}/columns", **columns, days="dmy", point=",").status_code == 303
    assert treasurer.get(f"{url}/progress.json").get_json()["is_at_work"] is True
    work()
    assert "Keep 2 new lines" in treasurer.get(url).text
    assert post(treasurer, f"{url}/anew").status_code == 303
    assert post(treasurer, f"{url}/encoding", encoding="cp1251").status_code == 303
    assert post(treasurer, f"{url}/encoding", encoding="klingon").status_code == 404
    assert post(treasurer, f"{url}/give-up").status_code == 303
    assert "given up" in treasurer.get(url).text


def test_what_is_wrong_with_a_file_is_told_on_the_page(treasurer: PageClient) -> None:
    url = bring(treasurer, as_camt(ROWS, closing=5))
    work()
    shown = treasurer.get(url).text
    assert "120.00 EUR" in shown
    assert "0.05 EUR" in shown
    assert "Choose a file" in treasurer.post("/staff/statements", data={
        "csrf_token": token(treasurer), "account": str(made.account_id("assets:bank")),
    }).text  # fmt: skip
    assert "This file was not taken" in bring(treasurer, b"%PDF-1.7 no statement")
    assert session.scalars(select(BankStatement.state)).all() == [StatementState.REFUSED]


def test_the_next_line_follows_and_only_a_look_on_record_shows_who(treasurer: PageClient, gifts: Gifts) -> None:
    one, two = made.line(5000), made.line(7000, day=DAY + timedelta(days=1))
    gift = gifts.expect("G-9", 5000)
    page = treasurer.get(f"/staff/statements/lines/{one}?way=in")
    assert "exactly the amount" in page.text
    answer = post(treasurer, f"/staff/statements/lines/{one}/match?way=in", kind="gift", candidate=gift, amount="50.00",
                  version="1")  # fmt: skip
    assert answer.headers["Location"].endswith(f"/lines/{two}?way=in")
    assert line_of(5000).state == LineState.MATCHED
    again = post(
        treasurer, f"/staff/statements/lines/{one}/match", kind="gift", candidate=gift, amount="50", version="1"
    )
    assert again.status_code == 409
    assert "Somebody else has worked on this line" in again.text


def test_who_it_is_from_is_shown_after_a_post_that_is_written_down(treasurer: PageClient) -> None:
    url = bring(treasurer, as_camt(ROWS))
    work()
    post(treasurer, f"{url}/keep")
    work()
    line = line_of(7000)
    assert "Vera" not in treasurer.get(f"/staff/statements/lines/{line.id}").text
    assert post(treasurer, f"/staff/statements/lines/{line.id}/show").status_code == 303
    assert "Vera Muster" in treasurer.get(f"/staff/statements/lines/{line.id}").text
    assert (
        session.scalar(select(AuditEntry.object).where(AuditEntry.action == "bank.line_shown"))
        == f"bank-line:{line.id}"
    )


def test_hold_ignore_and_back(treasurer: PageClient) -> None:
    line = made.line(5000)
    base = f"/staff/statements/lines/{line}"
    assert post(treasurer, f"{base}/hold", note="").status_code == 409
    assert post(treasurer, f"{base}/hold", note="ask the bank").status_code == 303
    assert "ask the bank" not in treasurer.get(base).text
    assert post(treasurer, f"{base}/show").status_code == 303
    assert "ask the bank" in treasurer.get(base).text
    assert post(treasurer, f"{base}/take-up").status_code == 303
    assert post(treasurer, f"{base}/ignore", reason="").status_code == 409
    assert post(treasurer, f"{base}/ignore", reason="other").status_code == 409
    assert post(treasurer, f"{base}/ignore", reason="twice").status_code == 303
    assert line_of(5000).state == LineState.IGNORED
    assert "ask the bank" not in treasurer.get(base).text
    assert post(treasurer, f"{base}/take-up").status_code == 303
    assert line_of(5000).state == LineState.OPEN


def test_fees_and_transfers_are_posted_once_and_taken_back(treasurer: PageClient) -> None:
    general = fund(FundKind.GENERAL)
    other = made.account("Savings")
    out, came, fee = made.line(-9000), made.line(9000, code=other), made.line(-150)
    base = "/staff/statements/lines"
    here, there = str(made.account_id("assets:bank")), str(made.account_id(other))
    assert post(treasurer, f"{base}/{fee}/own", kind="fee", fund=general).status_code == 303
    assert post(treasurer, f"{base}/{fee}/own", kind="fee", fund=general).status_code == 409
    assert "Both are one transfer" in treasurer.get(f"{base}/{out}").text
    wrong = post(treasurer, f"{base}/{out}/own", kind="transfer", fund=general, other=here)
    assert wrong.status_code == 409
    assert post(treasurer, f"{base}/{out}/own", kind="transfer", fund=general, other=there).status_code == 303
    page = treasurer.get(f"{base}/{came}")
    assert "This is its other end" in page.text
    own = page.text.split('name="own" value="')[1][:36]
    assert post(treasurer, f"{base}/{came}/join", own=own).status_code == 303
    assert account_balances_at(clock.today())["assets:savings"] == [Money(9000, "EUR")]
    assert account_balances_at(clock.today())["assets:bank"] == [Money(-9150, "EUR")]
    assert post(treasurer, f"{base}/{came}/undo-own").status_code == 303
    assert line_of(-9000).state == line_of(9000).state == LineState.OPEN
    joined = post(treasurer, f"{base}/{came}/own", kind="transfer", fund=general, other=here, other_line=str(out))
    assert joined.status_code == 303
    assert line_of(-9000).state == line_of(9000).state == LineState.OWN
    assert account_balances_at(clock.today())["assets:savings"] == [Money(9000, "EUR")]
    assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 4


def test_filters_stand_in_the_address(treasurer: PageClient) -> None:
    made.line(5000, codes=["G-77"])
    made.line(-4000)
    for query, shown, hidden in (
        ("way=in", "50", "40.00"), ("code=g-77", "50", "40.00"), ("amount=40.00", "40.00", "G-77"),
        ("since=2030-01-01", "No line fits", "G-77"), ("sort=-amount", "50", "No line fits"),
        ("state=ignored", "No line fits", "G-77"), ("fit=none&account=assets:bank", "50", "No line fits"),
    ):  # fmt: skip
        text = treasurer.get(f"/staff/statements/lines?{query}").text
        table = text.split('id="lines-caption"')[-1] if 'id="lines-caption"' in text else text
        assert shown in table, query
        assert hidden not in table, query
    for odd in ("since=x", "amount=abc", "sort=xyz", "statement=nothing", "state=xyz", "page=99999"):
        assert treasurer.get(f"/staff/statements/lines?{odd}").status_code in {200, 404}


def test_admins_see_and_do_nothing_and_others_see_nothing(sign_in: SignIn, app: Flask) -> None:
    line = made.line(5000)
    admin = sign_in(Role.ADMIN)
    page = admin.get(f"/staff/statements/lines/{line}")
    assert page.status_code == 200
    assert "Show who and what for" not in page.text
    for act in ("show", "match", "hold", "ignore", "take-up", "own", "join", "undo-own", f"undo/{uuid.uuid4()}"):
        assert admin.post(f"/staff/statements/lines/{line}/{act}", data={"csrf_token": token(admin)}).status_code == 403
    for role in (Role.COORDINATOR, Role.ORGANISER, Role.MODERATOR, Role.DATA_EDITOR):
        client = sign_in(role)
        assert client.get("/staff/statements").status_code == 403
        assert client.get(f"/staff/statements/lines/{line}").status_code == 403
