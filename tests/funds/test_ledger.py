"""The ledger: whole entries or none, never changed, each chained to the one before, corrected by its opposite."""

import threading
import uuid
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from campaign.funds.models import Expense, FundState, Income, LedgerEntry, LedgerPosting, Memo, Rail
from campaign.funds.queries.balances import balances_at, sums_at
from campaign.funds.service import ledger
from campaign.funds.service.ledger import AlreadyPosted, BadEntry, Line, Source
from campaign.funds.service.verify import verify
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from tests.funds import made

pytestmark = pytest.mark.usefixtures("app")
TODAY = clock.today()


@pytest.fixture
def bank(app):
    return made.bank()


def balance(fund, day=TODAY):
    return {(each.account, each.money.currency): each.money.minor for each in balances_at(day, [fund])}


def problems():
    session.rollback()
    return [each.problem for each in verify()]


def tamper(*statements):
    """As somebody does who has the whole database: without triggers."""
    tables = ("ledger_entry", "ledger_posting", "ledger_total")
    with transaction():
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            session.execute(text(statement))
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    session.expunge_all()


def test_a_gift_and_a_payment_stand_in_both_places(bank):
    fund = made.fund()
    made.gift(fund, 10_000)
    made.payment(fund, 2_500)
    assert balance(fund) == {
        ("assets:bank", "EUR"): 7_500, ("income:gifts", "EUR"): -10_000, ("expenses:lawyer", "EUR"): 2_500
    }  # fmt: skip
    [sums] = sums_at(TODAY, [fund])[fund]
    assert (sums.received, sums.passed_on, sums.fees, sums.has) == (10_000, 2_500, 0, 7_500)
    assert problems() == []


def test_a_balance_can_be_asked_for_any_day(bank):
    fund, days = made.fund(), [date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29), date(2024, 3, 1), TODAY]
    for power, day in enumerate(days):
        made.gift(fund, 10**power, day=day)
    seen = [balance(fund, day).get((bank, "EUR"), 0) for day in days]
    assert seen == [1, 11, 111, 1_111, 11_111]
    assert balance(fund, date(2023, 12, 30)) == {}
    # What is entered late counts on its own day.
    made.gift(fund, 5, day=date(2024, 1, 31))
    assert [balance(fund, day)[bank, "EUR"] for day in days] == [1, 11, 116, 1_116, 11_116]


@pytest.mark.parametrize(
    "lines",
    [
        [(made.BANK, 100, "EUR")],
        [(made.BANK, 100, "EUR"), (Income.GIFTS, -99, "EUR")],
        [(made.BANK, 100, "EUR"), (Income.GIFTS, -100, "USD")],
        [(made.BANK, 100, "EUR"), (Income.GIFTS, -100, "EUR"), (Income.GIFTS, 0, "EUR")],
        [("assets:nowhere", 100, "EUR"), (Income.GIFTS, -100, "EUR")],
    ],
)
def test_what_is_no_whole_entry_is_not_posted(bank, lines):
    fund = made.fund()
    with pytest.raises(BadEntry), transaction():
        ledger.post(
            [Line(code, fund, Money(minor, currency)) for code, minor, currency in lines], memo=Memo.GIFT,
            happened_on=TODAY, actor=None,
        )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 0


def test_each_fund_stays_in_balance_by_itself(bank):
    one, other = made.fund(), made.fund()
    lines = [Line(bank, one, Money(100, "EUR")), Line(Income.GIFTS, other, Money(-100, "EUR"))]
    with pytest.raises(BadEntry), transaction():
        ledger.post(lines, memo=Memo.GIFT, happened_on=TODAY, actor=None)


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), date(1999, 12, 31)])
def test_days_ahead_and_mistyped_years_are_refused(bank, day):
    with pytest.raises(BadEntry):
        made.gift(made.fund(), 100, day=day)


@pytest.mark.parametrize("state", [FundState.DRAFT, FundState.REVIEW])
def test_nothing_is_posted_to_a_fund_that_nobody_has_reviewed(bank, state):
    with pytest.raises(BadEntry):
        made.gift(made.fund(state=state), 100)


def test_an_account_of_one_currency_takes_no_other(app):
    made.bank("Bank", Rail.BANK, "EUR")
    with pytest.raises(BadEntry):
        made.gift(made.fund(), 100, "USD")


@pytest.mark.parametrize("reference", ["Anna Petrova", "ANNA", "ANNA-1", "АННА1", "A B 1", "G-12 for Anna", "-1"])
def test_a_reference_never_holds_a_name(bank, reference):
    fund = made.fund()
    with pytest.raises(BadEntry), transaction():
        ledger.post(
            made.gift_lines(fund, 1), memo=Memo.GIFT, happened_on=TODAY, actor=None, reference=reference
        )  # fmt: skip


def test_references_are_numbers(bank):
    fund = made.fund()
    with transaction():
        entry = ledger.post(
            made.gift_lines(fund, 1), memo=Memo.GIFT, happened_on=TODAY, actor=None, reference=" g-2026-0017 "
        )
    assert entry.reference == "G-2026-0017"


def test_the_same_source_is_posted_once(bank):
    fund, source = made.fund(), Source("gift", uuid.uuid4())
    number = made.gift(fund, 100, source=source)
    with pytest.raises(AlreadyPosted) as refused:
        made.gift(fund, 100, source=source)
    assert refused.value.number == number
    assert balance(fund)[bank, "EUR"] == 100


def test_a_mistake_is_taken_back_once_and_says_why(bank):
    fund = made.fund()
    number = made.gift(fund, 100)
    with transaction():
        back = ledger.reverse(number, memo=Memo.TWICE, happened_on=TODAY, actor=made.TREASURER)
    assert (back.reverses, back.memo, balance(fund)) == (number, Memo.TWICE, {})
    for which in (number, back.number):
        with pytest.raises((AlreadyPosted, BadEntry)), transaction():
            ledger.reverse(which, memo=Memo.TWICE, happened_on=TODAY, actor=None)
    with pytest.raises(BadEntry), transaction():
        ledger.reverse(number, memo=Memo.GIFT, happened_on=TODAY, actor=None)
    assert problems() == []


def test_a_transfer_moves_what_a_fund_has(bank):
    one, other = made.fund(), made.fund()
    made.gift(one, 100)
    with transaction():
        ledger.transfer(bank, one, other, Money(40, "EUR"), happened_on=TODAY, actor=None)
    sums = sums_at(TODAY)
    assert [sums[each][0].has for each in (one, other)] == [60, 40]
    assert sums[other][0].received == 0


def test_an_exchange_keeps_each_currency_in_balance(bank):
    fund = made.fund()
    made.gift(fund, 100, "USD")
    with transaction():
        lines = ledger.exchange_lines(fund, Money(100, "USD"), bank, Money(9_000, "JPY"), bank)
        ledger.post(lines, memo=Memo.EXCHANGE, happened_on=TODAY, actor=None)
    assert {each.currency: each.has for each in sums_at(TODAY)[fund]} == {"JPY": 9_000, "USD": 0}
    assert problems() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET memo = 'fee'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_posting SET amount = amount + 1",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_total SET amount = 0",
        "DELETE FROM ledger_total",
        "TRUNCATE ledger_posting",
        "TRUNCATE ledger_entry CASCADE",
        "TRUNCATE ledger_total",
        "INSERT INTO ledger_posting SELECT entry_number, 3, 3, happened_on, account_id, fund_id, currency, 5"
        " FROM ledger_posting WHERE line = 1",
        "INSERT INTO ledger_posting SELECT entry_number, 3, 2, happened_on, account_id, fund_id, currency, 5"
        " FROM ledger_posting WHERE line = 1",
    ],
)
def test_the_database_refuses_every_change(bank, statement):
    fund = made.fund()
    made.gift(fund, 100)
    with pytest.raises(DBAPIError), transaction():
        session.execute(text(statement))
    assert problems() == []
    assert balance(fund)[bank, "EUR"] == 100


RAW_ENTRY = """
INSERT INTO ledger_entry (number, happened_on, posted_at, memo, reference, lines, previous, digest, reverses)
VALUES (:number, current_date, now(), :memo, '', :lines, decode(repeat('00', 32), 'hex'),
    decode(repeat('11', 32), 'hex'), :reverses)
"""
RAW_LINE = """
INSERT INTO ledger_posting (entry_number, line, lines, happened_on, account_id, fund_id, currency, amount)
SELECT :number, :line, :lines, current_date, id, :fund, :currency, :amount FROM ledger_account LIMIT 1
"""


@pytest.mark.parametrize(
    ("amounts", "lines"),
    [
        ([], 2),
        ([("EUR", 5)], 2),
        ([("EUR", 5), ("EUR", -4)], 2),
        ([("EUR", 5), ("USD", -5)], 2),
        ([("EUR", 5), ("EUR", -5)], 3),
    ],
)
def test_the_database_itself_refuses_at_the_commit_what_does_not_balance(bank, amounts, lines):
    fund = made.fund()
    with pytest.raises(IntegrityError, match="entry 1"), transaction():
        values = {"number": 1, "memo": "gift", "lines": lines, "reverses": None}
        session.execute(text(RAW_ENTRY), values)
        for at, (currency, amount) in enumerate(amounts, 1):
            values = {"number": 1, "line": at, "lines": lines, "fund": fund, "currency": currency, "amount": amount}
            session.execute(text(RAW_LINE), values)
    assert session.scalar(select(func.count()).select_from(LedgerPosting)) == 0


def test_the_database_itself_refuses_a_reversal_that_is_not_the_opposite(bank):
    fund = made.fund()
    made.gift(fund, 100)
    with pytest.raises(IntegrityError), transaction():
        session.execute(text(RAW_ENTRY), {"number": 2, "memo": "twice", "lines": 2, "reverses": 1})
        for at, amount in enumerate([-99, 99], 1):
            values = {"number": 2, "line": at, "lines": 2, "fund": fund, "currency": "EUR", "amount": amount}
            session.execute(text(RAW_LINE), values)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE ledger_posting SET amount = amount * 2 WHERE entry_number = 2", "entry 2 was changed"),
        ("UPDATE ledger_posting SET amount = 7 WHERE entry_number = 2 AND line = 1", "entry 2 does not sum to zero"),
        ("UPDATE ledger_entry SET reference = 'P-2' WHERE number = 2", "entry 2 was changed"),
        ("UPDATE ledger_entry SET posted_by = gen_random_uuid() WHERE number = 2", "entry 2 was changed"),
        ("DELETE FROM ledger_posting WHERE entry_number = 2 AND line = 2", "entry 2 has 1 postings"),
        ("DELETE FROM ledger_posting WHERE entry_number = 2", "entry 2 has 0 postings"),
        (
            "DELETE FROM ledger_posting WHERE entry_number = 2; DELETE FROM ledger_entry WHERE number = 2",
            "entry 2 is missing",
        ),
        ("UPDATE ledger_entry SET previous = sha256(previous) WHERE number = 2", "entry 2 does not follow"),
        ("UPDATE ledger_account SET code = 'assets:other' WHERE code = 'assets:bank'", "entry 1 was changed"),
        ("UPDATE ledger_total SET amount = amount + 1 WHERE span = 'year'", "sums of years and months differ"),
        ("UPDATE ledger_account SET currency = 'USD' WHERE code = 'assets:bank'", "entry 1 has another currency"),
        ("UPDATE ledger_posting SET amount = -amount WHERE entry_number = 3", "entry 3 is not the opposite of entry 1"),
    ],
)
def test_verifying_finds_what_was_changed_behind_its_back(bank, statement, found):
    fund = made.fund()
    for minor in (100, 200):
        made.gift(fund, minor)
    with transaction():
        ledger.reverse(1, memo=Memo.WRONG_AMOUNT, happened_on=TODAY, actor=None)
    assert problems() == []
    tamper(*statement.split("; "))
    assert any(found in each for each in problems()), problems()


def test_the_command_says_what_is_wrong_and_with_which_code(app, bank):
    fund = made.fund()
    made.gift(fund, 100)
    session.remove()
    outcome = app.test_cli_runner().invoke(args=["funds", "verify"])
    assert outcome.exit_code == 0, outcome.output
    assert "ok: 1 entries, 2 postings" in outcome.output
    tamper("UPDATE ledger_posting SET amount = amount * 2")
    session.remove()
    outcome = app.test_cli_runner().invoke(args=["funds", "verify"])
    assert outcome.exit_code == 2
    assert "entry 1 was changed" in outcome.output


@pytest.mark.slow
def test_many_who_post_at_once_make_one_chain(app, bank):
    funds, source = [made.fund() for _ in range(3)], Source("gift", uuid.uuid4())
    start, done = threading.Barrier(6), []

    def work(who):
        with app.app_context():
            start.wait()
            for turn in range(8):
                try:
                    made.gift(funds[(who + turn) % 3], 1 + turn, source=source if turn == 4 else None)
                    done.append(1)
                except AlreadyPosted:
                    pass
            session.remove()

    threads = [threading.Thread(target=work, args=(who,)) for who in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(done) == 6 * 7 + 1
    assert session.scalars(select(LedgerEntry.number).order_by(LedgerEntry.number)).all() == list(range(1, 44))
    assert problems() == []
    assert sum(sums[0].has for sums in sums_at(TODAY).values()) == 6 * (36 - 5) + 5


@pytest.mark.slow
def test_two_who_take_the_same_entry_back_do_it_once(app, bank):
    number, start, outcomes = made.gift(made.fund(), 100), threading.Barrier(2), []

    def work():
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    ledger.reverse(number, memo=Memo.TWICE, happened_on=TODAY, actor=None)
                outcomes.append("done")
            except AlreadyPosted:
                outcomes.append("told")
            session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["done", "told"]
    assert problems() == []


def test_a_killed_connection_leaves_no_half_of_an_entry(bank):
    fund = made.fund()
    made.gift(fund, 100)
    lines = [Line(Expense.FEES, fund, Money(5, "EUR")), Line(bank, fund, Money(-5, "EUR"))]
    with pytest.raises(DBAPIError), transaction():
        ledger.post(lines, memo=Memo.FEE, happened_on=TODAY, actor=None)
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    session.remove()
    assert balance(fund)[bank, "EUR"] == 100
    made.gift(fund, 1)
    assert session.scalar(select(func.max(LedgerEntry.number))) == 2
    assert problems() == []


def test_the_database_knows_no_text_of_ours(database_url):
    """The words of a memo are a list: a free one is refused by the database as well."""
    with (
        psycopg.connect(database_url.replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute(
            "INSERT INTO ledger_entry (number, happened_on, posted_at, memo, reference, lines, previous, digest)"
            " VALUES (1, current_date, now(), 'for Anna', '', 2, decode(repeat('00', 32), 'hex'),"
            " decode(repeat('00', 32), 'hex'))"
        )
