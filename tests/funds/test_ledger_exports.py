"""The ledger as files: Beancount's own checker agrees with every balance."""

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from campaign.funds.models import Expense, Fund, Memo
from campaign.funds.queries.balances import balances_at
from campaign.funds.service import ledger
from campaign.funds.service.exports import CSV_HEAD, as_beancount, as_csv
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from tests.funds import made

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
DAY = date(2026, 2, 28)


@pytest.fixture
def some_entries(app):
    """Two funds, three currencies, a payment, a transfer, an exchange and a reversal."""
    bank = made.bank()
    made.bank("Second bank")
    one, other = made.fund(titles={"en": "For Anna and her family"}), made.fund()
    made.gift(one, 123_456, day=DAY)
    made.gift(other, 5_000, "JPY", day=DAY)
    made.gift(one, 70_000, "KWD", account="assets:second-bank")
    twice = made.gift(one, 999)
    made.payment(one, 23_456, category=Expense.TRAVEL)
    with transaction():
        ledger.transfer(bank, one, other, Money(1_001, "EUR"), happened_on=clock.today(), actor=None)
        lines = ledger.exchange_lines(other, Money(1_000, "JPY"), bank, Money(555, "EUR"), bank)
        ledger.post(lines, memo=Memo.EXCHANGE, happened_on=clock.today(), actor=None, reference="X-1")
        ledger.reverse(twice, memo=Memo.TWICE, happened_on=clock.today(), actor=None)
    session.expunge_all()


def check(path):
    return subprocess.run([str(BEAN_CHECK), "--no-cache", str(path)], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_checker_of_beancount_agrees_with_every_balance(app, some_entries, tmp_path):
    path = tmp_path / "ledger.beancount"
    session.remove()
    done = app.test_cli_runner().invoke(args=["funds", "export", "--format", "beancount", "--to", str(path)])
    assert done.exit_code == 0, done.output
    written = path.read_text()
    assert "Anna" not in written
    checked = check(path)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    # Each balance of ours is one that the checker has looked at.
    numbers = {each.id: each.number for each in session.query(Fund)}
    for each in balances_at(clock.today()):
        kind, rest = each.account.split(":")
        name = f"{kind.capitalize()}:{rest.capitalize()}:F{numbers[each.fund_id]}"
        assert f"balance {name}  {each.money.decimal} ~ 0 {each.money.currency}\n" in written
    for was, becomes in (("1234.56 EUR\n", "1234.57 EUR\n"), ("  -999.00 EUR", "  -998.00 EUR")):
        if was in written:
            path.write_text(written.replace(was, becomes, 1))
            assert check(path).returncode != 0


def test_an_empty_ledger_is_a_file_as_well(app):
    assert "balance" not in "".join(as_beancount())
    assert "".join(as_csv()).lstrip("\ufeff").split() == [",".join(CSV_HEAD)]


def test_the_csv_has_a_row_for_each_posting_and_no_title(app, some_entries):
    text = "".join(as_csv()).lstrip("\ufeff")
    rows = list(csv.DictReader(text.splitlines()))
    assert "Anna" not in text
    assert len(rows) == 20
    assert rows[0]["account"] == "assets:bank"
    assert rows[0]["amount"] == "1234.56"
    assert rows[2]["amount"] == "5000"
    assert rows[4]["amount"] == "70.000"
    assert rows[-1]["reverses"] == "4"
