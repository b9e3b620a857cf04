"""A month as treasurers have it: statements of every kind meet pledges and payments, three persons pay, the month is
closed and told of; and the checker of Beancount finds the same sums."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaign.banking import service as banking
from campaign.banking.models import BankLine, BankMatch, BankSuggestion, LineState
from campaign.funds.models import Expense
from campaign.funds.queries.balances import account_balances_at
from campaign.funds.service.verify import verify
from campaign.gifts.models import Gift, GiftState, PledgeState
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from campaign.payments.models import ConfirmedBy, Payment, PaymentState
from campaign.payments.service import sending
from tests.accounting import made as months
from tests.banking.files import Row, as_camt, as_csv, as_mt940, as_ofx
from tests.banking.test_statements import bring, keep
from tests.funds.test_ledger_exports import check
from tests.gifts import made as gifts
from tests.payments import made as payments

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.slow]
EURO, DAY = "EUR", date(2026, 3, 10)
FORMATS = (as_csv, as_mt940, as_camt, as_ofx)


def lines() -> dict[int, BankLine]:
    session.expire_all()
    return {line.amount: line for line in session.scalars(select(BankLine))}


def test_from_the_statements_to_the_published_report(app, tmp_path):
    with time_machine.travel("2026-03-10T09:00:00Z") as moment:
        gifts.made.bank()
        fund = gifts.open_fund()
        # Two pledges a format, so that each brings what is certain by itself; five payments, of three persons each.
        pledges = [
            gifts.pledge(fund, f"giver-{number}@example.org", amount=Money(10_000 + number, EURO))
            for number in range(2 * len(FORMATS))
        ]
        paid = [payments.sent(fund.id, 1_000 + number, category=Expense.LAWYER) for number in range(5)]
        moment.shift(timedelta(hours=1))
        for number, make in enumerate(FORMATS):
            mine = pledges[2 * number : 2 * number + 2]
            rows = [
                Row(DAY, each.amount, who=f"Giver {each.amount}", text=f"Thank you {each.reference}",
                    own_id=each.reference, account=f"DE009999999900000{each.amount}")
                for each in mine
            ]  # fmt: skip
            rows.append(Row(DAY, -(1_000 + number), who="Somebody", text="Services", own_id=f"out-{number}"))
            with app.test_request_context():
                keep(bring(make(rows)))

        # By reference and amount gifts were accepted by themselves, and thanked for nobody else's; payments wait.
        session.expire_all()
        assert {each.state for each in session.scalars(select(Gift))} == {GiftState.SETTLED}
        assert {session.get_one(type(each), each.id).state for each in pledges} == {PledgeState.FULFILLED}
        assert gifts.income(fund) == sum(each.amount for each in pledges)
        for number in range(len(FORMATS)):
            line = lines()[-(1_000 + number)]
            assert line.state == LineState.OPEN
            suggested = session.scalars(select(BankSuggestion).where(BankSuggestion.line_id == line.id)).one()
            assert suggested.candidate_id == paid[number]
            with transaction():
                banking.match(line.id, "payment", paid[number], Money(line.amount, EURO), gifts.TREASURER)
        for each in paid:
            payments.step(sending.confirm, each, ConfirmedBy.RELATIVE, actor=payments.SECOND)
        session.expire_all()
        states = [session.get_one(Payment, each).state for each in paid]
        assert states == [PaymentState.RECONCILED] * 4 + [PaymentState.CONFIRMED], "one stands on no line yet"

        # Undone and done again, nothing is there twice.
        again = session.scalars(select(BankMatch).where(BankMatch.kind == "gift").limit(1)).one()
        with transaction():
            banking.undo_match(again.id, gifts.TREASURER)
        assert gifts.income(fund) == sum(each.amount for each in pledges) - again.amount
        with transaction():
            banking.match(again.line_id, "gift", again.candidate_id, Money(again.amount, EURO), gifts.TREASURER)
        received, spent = sum(each.amount for each in pledges), sum(1_000 + number for number in range(5))
        assert account_balances_at(clock.today())[gifts.BANK] == [Money(received - spent, EURO)]

        moment.move_to("2026-05-02T09:00:00Z")
        assert months.close() == date(2026, 3, 1)
        months.publish()
        page = app.test_client().get("/funds/report/2026-03")
        assert page.status_code == 200
        assert f"€{received // 100}" in page.text, "in whole euros"
        assert list(verify()) == []
        written = tmp_path / "ledger.beancount"
        session.remove()
        done = app.test_cli_runner().invoke(args=["funds", "export", "--format", "beancount", "--to", str(written)])
        assert done.exit_code == 0, done.output
    checked = check(written)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
