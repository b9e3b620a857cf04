"""Reports on the books: who was helped by payments, and what waits to be matched, with what is open of a month."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest

from campaign.accounting.forms.tables import KINDS, Asked
from campaign.accounting.queries import months
from campaign.accounting.queries.waiting import list_checks, pledged, unmatched
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.money import Money
from campaign.payments.models import Payment
from tests.banking import made as bank_lines
from tests.funds import made
from tests.gifts import made as gifts
from tests.payments import made as payments

pytestmark = pytest.mark.usefixtures("app")
DAY = date(2026, 10, 31)


def test_payments_to_one_payee_help_one(app):
    bank_lines.account()
    fund, relative = made.fund(), payments.payee()
    made.gift(fund, 100_000)
    numbers = [
        session.get_one(Payment, payments.sent(fund, minor, payee_id=relative)).entry_number for minor in (1_000, 1_100)
    ]
    alone = made.payment(fund, 500)
    helped = months.helped_by([*numbers, alone])
    assert helped[numbers[0]] == helped[numbers[1]] == f"payee:{relative}"
    assert helped[alone] == f"entry:{alone}"
    assert months.known_of(helped.values()) == 1
    assert months.helped_by([]) == {}


def test_lines_wait_by_their_age(app):
    for days, minor in ((0, 500), (7, 700), (8, -300), (31, 900), (91, 100), (-1, 10_000)):
        bank_lines.line(minor, day=DAY - timedelta(days=days))
    found = [(each.account, each.age, each.count, each.came, each.went) for each in unmatched(DAY)]
    assert found == [
        ("assets:bank", 0, 2, 1_200, 0), ("assets:bank", 1, 1, 0, 300), ("assets:bank", 2, 1, 900, 0),
        ("assets:bank", 3, 1, 100, 0),
    ]  # fmt: skip


def test_the_report_says_the_same(app):
    bank_lines.line(700, day=DAY - timedelta(days=40))
    with app.test_request_context():
        table = KINDS["unmatched"].make(Asked(DAY, 6, "EUR"))
    assert table.rows == [("Bank", "31 to 90 days", 1, Money(700, "EUR"), Money(0, "EUR"))]
    assert [bar.parts for bar in table.bars] == [(0,), (0,), (1,), (0,)]
    assert table.finding == "Lines that stand for nothing yet: 1."


def test_what_is_open_of_a_month_is_told_before_it_is_closed(app):
    bank_lines.line(700, day=DAY)
    bank_lines.line(700, day=DAY + timedelta(days=1))
    fund = made.fund()
    made.gift(fund, 100_000)
    payments.sent(fund)
    payments.scheduled(fund)
    assert [(each.count, each.is_blocking) for each in list_checks(DAY, DAY)] == [
        (0, True),
        (1, False),
        *[(0, False)] * 3,
    ]
    today = clock.today()
    assert [each.count for each in list_checks(today, today)] == [0, 2, 0, 1, 1]


def test_pledges_wait_by_their_day(app):
    bank_lines.account()
    fund = gifts.open_fund()
    for number, days in enumerate((0, 8, 91, -5)):
        with patch.object(clock, "today", lambda days=days: date(2026, 10, 31) - timedelta(days=days)):
            gifts.pledge(fund, f"somebody-{number}@example.org", starts_on=clock.today())
    found = [(each.currency, each.age, each.count, each.amount) for each in pledged(DAY)]
    assert found == [("EUR", -1, 1, 2_000), ("EUR", 0, 1, 2_000), ("EUR", 1, 1, 2_000), ("EUR", 3, 1, 2_000)]
    with app.test_request_context():
        table = KINDS["pledges"].make(Asked(DAY, 6, "EUR"))
    assert table.rows[0] == ("still to come", "EUR", 1, Money(2_000, "EUR"))
    assert "3. Pledged is not given." in table.finding
