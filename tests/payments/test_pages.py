"""Staff screens of payments and payees: who may come in, the way of one with three persons, what a wrong form says."""

import io
import re
import uuid

import pytest
from sqlalchemy import select

from campaign.accounts.queries import get_account
from campaign.funds.models import LedgerEntry
from campaign.kernel import audit, clock
from campaign.kernel.actors import Role
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import session
from campaign.payments.models import Payee, Payment, PaymentCheck, PaymentFile, PaymentState
from campaign.payments.service import payments
from campaign.web.settings import settings
from tests.funds import made as funds
from tests.payments import made
from tests.payments.made import ASKER, step

TODAY = clock.today().isoformat()
READERS, KEEPERS = {Role.TREASURER, Role.ADMIN}, {Role.TREASURER}
NOTHING = uuid.UUID(int=0)
GETS = (
    ("/staff/payments", READERS), ("/staff/payments/{payment}", READERS), ("/staff/payments/limits", READERS),
    ("/staff/payments/orders", READERS), ("/staff/payments/new", KEEPERS), ("/staff/payments/{payment}/edit", KEEPERS),
    ("/staff/payments/export", KEEPERS), ("/staff/payees", READERS), ("/staff/payees/{payee}", READERS),
    ("/staff/payees/new", KEEPERS), ("/staff/payees/{payee}/edit", KEEPERS),
)  # fmt: skip
ONE = "/staff/payments/{payment}"
POSTS = (
    ("/staff/payments/new", KEEPERS), (f"{ONE}/edit", KEEPERS), (f"{ONE}/submit", KEEPERS), (f"{ONE}/review", READERS),
    (f"{ONE}/approve", READERS), (f"{ONE}/schedule", KEEPERS), (f"{ONE}/sent", KEEPERS), (f"{ONE}/confirm", KEEPERS),
    (f"{ONE}/failed", KEEPERS), (f"{ONE}/returned", KEEPERS), (f"{ONE}/back", READERS), (f"{ONE}/cancel", KEEPERS),
    (f"{ONE}/papers", KEEPERS), (f"{ONE}/look", READERS), (f"{ONE}/papers/{NOTHING}/remove", KEEPERS),
    (f"/staff/payments/checks/{NOTHING}", READERS), ("/staff/payments/limits", KEEPERS),
    (f"/staff/payments/limits/{NOTHING}/set", READERS), ("/staff/payments/orders", KEEPERS),
    (f"/staff/payments/orders/{NOTHING}/void", READERS), ("/staff/payments/export", KEEPERS),
    ("/staff/payees/new", KEEPERS), ("/staff/payees/{payee}/edit", KEEPERS), ("/staff/payees/{payee}/look", KEEPERS),
    ("/staff/payees/{payee}/payability", READERS), ("/staff/payees/{payee}/state", KEEPERS),
    ("/staff/payees/export", KEEPERS),
)  # fmt: skip


@pytest.fixture(autouse=True)
def closed(app):
    vault_door.close()
    yield
    vault_door.stop()


@pytest.fixture
def fund(app):
    funds.bank()
    found = funds.fund()
    funds.gift(found, 900_000)
    return found


def send(client, path, data=None, **more):
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").text)
    return client.post(path, data={"csrf_token": found[1], **(data or {})}, **more)


def press(client, page, button, **more):
    """Press a button of a page: with the version that the page shows."""
    found = re.search(r'name="version" value="(\d+)"', client.get(page).text)
    return send(client, f"{page}/{button}", {"version": found[1] if found else "", **more})


def open_vault(*clients):
    for client in clients:
        send(client, "/staff/vault", {"text": settings().vault_private_key_file.read_text()})
    assert vault_door.state().is_open


def actions():
    return [each.action for each in session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.id))]


@pytest.mark.parametrize("role", sorted(Role))
def test_each_page_opens_for_whom_it_is_meant_and_for_nobody_else(sign_in, fund, role):
    client, payee = sign_in(role), made.payee()
    payment = made.draft(fund, payee_id=payee)
    for path, roles in GETS:
        status = client.get(path.format(payment=payment, payee=payee)).status_code
        assert status == (200 if role in roles else 403), (path, role, status)
    for path, roles in POSTS:
        status = send(client, path.format(payment=payment, payee=payee)).status_code
        assert (status == 403) == (role not in roles), (path, role, status)


def test_three_persons_pay_a_family_on_the_screens(sign_in, fund):
    one, two, three = sign_in(Role.TREASURER), sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    answer = send(
        one, "/staff/payees/new", {"kind": "lawyer", "name": "Made-up Lawyer", "iban": "DE89 3704 0044 0532 0130 00"}
    )
    payee = answer.location
    assert "Made-up Lawyer" not in one.get(payee).text
    assert press(two, payee, "payability", answer="ok", ok_until=TODAY).status_code == 303
    payee_id = session.scalar(select(Payee.id))
    answer = send(
        one, "/staff/payments/new",
        {
            "fund_id": str(fund), "category": "expenses:lawyer", "amount": "1 234,50", "currency": "eur",
            "payee_id": str(payee_id), "descriptor": "invoice", "note": "for the made-up appeal",
        },
    )  # fmt: skip
    page = answer.location
    assert press(one, page, "submit").status_code == 303
    assert press(one, page, "review").status_code == 409
    assert "A payment" not in two.get("/staff").text
    assert "Payments to be reviewed by a second person" in two.get("/staff").text
    assert "Nothing was paid yet with the details of this payee" in two.get(page).text
    for check in session.scalars(select(PaymentCheck.id)).all():
        assert send(two, f"/staff/payments/checks/{check}", {"answer": "expected"}).status_code == 303
    assert press(two, page, "review").status_code == 303
    assert press(two, page, "approve").status_code == 409
    assert press(three, page, "approve").status_code == 303
    assert press(one, page, "schedule", pay_on=TODAY).status_code == 303
    wrong = press(one, page, "sent", sent_on=TODAY, account="assets:bank", fee="x")
    assert wrong.status_code == 422
    assert 'value="x"' in wrong.text
    assert press(one, page, "sent", sent_on=TODAY, account="assets:bank", fee="1,50").status_code == 303
    shown = one.get(page).text
    assert "Invoice P-" in shown
    assert get_account(two.person.id).username in shown
    assert press(one, page, "confirm", how="relative").status_code == 303
    assert session.scalar(select(Payment.state)) == PaymentState.CONFIRMED
    assert session.scalar(select(LedgerEntry.reference).where(LedgerEntry.memo == "payment")).startswith("P-")


def test_what_stands_in_the_way_is_said_and_what_was_typed_stays(sign_in, fund):
    client, payee = sign_in(Role.TREASURER), made.payee()
    for wrong, words in (
        ({"amount": "-5"}, "above zero"), ({"amount": "five"}, "in digits"), ({"currency": "XXQ"}, "ISO 4217"),
        ({"amount": "9" * 17}, "too large"), ({"fund_id": ""}, "Choose a fund"),
    ):  # fmt: skip
        data = {
            "fund_id": str(fund), "category": "expenses:lawyer", "amount": "7", "currency": "EUR",
            "payee_id": str(payee), "descriptor": "reference", "note": "kept words",
        }  # fmt: skip
        answer = send(client, "/staff/payments/new", {**data, **wrong})
        assert answer.status_code in {409, 422}, wrong
        assert words in answer.text, wrong
        assert "kept words" in answer.text
    answer = send(client, "/staff/payees/new", {"kind": "lawyer", "name": "Somebody", "iban": "DE00 1234"})
    assert answer.status_code == 422
    assert "This is no IBAN" in answer.text


def test_a_stale_page_is_told(sign_in, fund):
    client, found = sign_in(Role.TREASURER), made.draft(fund, payee_id=made.payee())
    step(payments.submit, found, actor=ASKER)
    answer = send(client, f"/staff/payments/{found}/review", {"version": "1"})
    assert answer.status_code == 409
    assert "Look at it again" in answer.text


def test_lists_narrow_sort_and_leave_as_a_file_without_names(sign_in, fund):
    client, payee = sign_in(Role.TREASURER), made.payee()
    found = [made.draft(fund, 100 * number, payee_id=payee) for number in range(1, 31)]
    page = client.get("/staff/payments").text
    assert page.count('scope="row"') == 25
    assert client.get("/staff/payments?page=2").text.count('scope="row"') == 5
    first = client.get("/staff/payments?sort=amount").text
    assert first.index("€1.00") < first.index("€2.00")
    assert "No payment fits" in client.get("/staff/payments?state=sent").text
    number = session.get_one(Payment, found[0]).reference
    assert client.get(f"/staff/payments?q={number}").text.count('scope="row"') == 1
    file = send(client, "/staff/payments/export?state=draft")
    assert file.mimetype == "text/csv"
    assert file.text.count("\n") == 31
    assert "Made-up fund" not in file.text
    assert send(client, "/staff/payees/export").text.count("\n") == 2
    assert {"payment.export", "payee.export"} <= set(actions())
    code = session.get_one(Payee, payee).code
    assert code in client.get(f"/staff/payees?q={code.replace(' ', '+')}").text
    assert "No payee fits" in client.get("/staff/payees?payability=unsafe").text


def test_every_look_at_a_payee_is_a_press_on_record_and_takes_the_open_vault(sign_in, fund):
    one, two = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    page = f"/staff/payees/{made.payee()}"
    assert send(one, f"{page}/look", {"reason": "to pay"}).status_code == 409
    open_vault(one, two)
    assert send(one, f"{page}/look").status_code == 422
    answer = send(one, f"{page}/look", {"reason": "to pay"})
    assert made.IBAN in answer.text
    assert made.IBAN not in one.get(page).text
    entry = session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "vault.read")).one()
    assert (entry.actor, entry.reason, entry.object) == (
        one.person.id,
        "to pay",
        page.replace("/staff/payees/", "payee:"),
    )


def test_papers_open_by_a_press_on_record_and_for_whoever_pressed(sign_in, fund):
    client, found = sign_in(Role.TREASURER), made.draft(fund, note="made-up words")
    page = f"/staff/payments/{found}"
    scan = {"kind": "bill", "files": (io.BytesIO(made.picture()), "bill.png")}
    assert send(client, f"{page}/papers", scan, content_type="multipart/form-data").status_code == 303
    bad = {"kind": "bill", "files": (io.BytesIO(b"<svg onload=alert(1)>"), "bill.svg")}
    answer = send(client, f"{page}/papers", bad, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "SVG" in answer.text
    paper = f"{page}/papers/{session.scalar(select(PaymentFile.id))}.webp"
    assert client.get(paper).status_code == 403
    assert "made-up words" not in client.get(page).text
    assert client.get(f"{page}/edit").status_code == 303
    assert send(client, f"{page}/look").status_code == 303
    assert "made-up words" in client.get(page).text
    assert client.get(f"{page}/edit").status_code == 200
    shown = client.get(paper)
    assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/webp", "no-store")
    assert actions().count("payment.look") == 1
    assert sign_in(Role.ADMIN).get(paper).status_code == 403


def test_a_limit_is_asked_for_by_one_and_set_by_another(sign_in, app):
    one, two = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    assert send(one, "/staff/payments/limits", {"amount": "-1", "currency": "EUR"}).status_code == 422
    assert send(one, "/staff/payments/limits", {"amount": "500", "currency": "EUR"}).status_code == 303
    page = two.get("/staff/payments/limits").text
    assert "€500.00" in page
    path = re.search(r'action="(/staff/payments/limits/[^"]+/set)"', page)[1]
    assert send(one, path).status_code == 409
    assert "Limits of payments" in two.get("/staff").text
    assert send(two, path).status_code == 303
    assert "holds" in one.get("/staff/payments/limits").text


def test_a_file_for_the_bank_takes_the_vault_and_is_handed_out_once(sign_in, fund):
    one, two = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    found = made.scheduled(fund)
    us = {"name": "Made-up Association", "iban": "GB82 WEST 1234 5698 7654 32", "bic": "", "pay_on": TODAY}
    data = {**us, "payment": str(found)}
    assert send(one, "/staff/payments/orders", data).status_code == 409
    open_vault(one, two)
    assert "P-" in one.get("/staff/payments/orders").text
    file = send(one, "/staff/payments/orders", data)
    assert (file.mimetype, file.headers["Cache-Control"]) == ("application/xml", "no-store")
    assert made.IBAN in file.text
    assert send(one, "/staff/payments/orders", data).status_code == 409
    page = f"/staff/payments/{found}"
    assert "so it is not changed any more" in one.get(page).text
    assert press(two, page, "back", reason="amount").status_code == 409
    order = f"/staff/payments/orders/{session.get_one(Payment, found).order_id}/void"
    assert send(one, order).status_code == 409
    assert send(two, order).status_code == 303
    assert send(one, "/staff/payments/orders", data).status_code == 200
    assert actions().count("payment.order") == 2


def test_what_never_left_and_what_came_back_on_the_screens(sign_in, fund):
    client = sign_in(Role.TREASURER)
    one, other = made.sent(fund), made.sent(fund)
    assert press(client, f"/staff/payments/{one}", "failed", failed_on=TODAY).status_code == 303
    assert "Never left" in client.get(f"/staff/payments/{one}").text
    page = f"/staff/payments/{other}"
    assert press(client, page, "returned", back_on=TODAY, back="1000").status_code == 409
    assert press(client, page, "returned", back_on=TODAY, back="100").status_code == 303
    assert "Came back" in client.get(page).text
    assert press(client, page, "cancel", reason="other").status_code == 409


def test_a_reviewer_sends_it_back_with_a_reason_of_the_list(sign_in, fund):
    client, found = sign_in(Role.ADMIN), made.draft(fund, payee_id=made.payee())
    step(payments.submit, found, actor=ASKER)
    page = f"/staff/payments/{found}"
    assert press(client, page, "back", reason="made up").status_code == 422
    assert press(client, page, "back", reason="evidence").status_code == 303
    assert "papers are missing" in client.get(page).text


def test_the_fund_shows_how_many_payments_stand_where(sign_in, fund):
    made.scheduled(fund)
    page = sign_in(Role.ORGANISER).get(f"/staff/funds/{fund}").text
    assert "waits for its day" in page
