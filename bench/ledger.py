"""A ledger of 1,000 funds and 1,000,000 postings: what every fund has at a day, and the whole of it verified."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import md5

import psycopg

from bench.machine import Ticks
from bench.report import Measure
from bench.stage import stage
from campaign.funds.models import GENESIS, Expense, Income, Memo
from campaign.funds.models.chain import Link, WrittenLine, digest_of
from campaign.funds.queries.balances import balances_at, sums_at
from campaign.funds.service import ledger
from campaign.funds.service.ledger import Line
from campaign.funds.service.verify import verify
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money

FUNDS, ENTRIES, ROUNDS, POSTED = 1_000, 400_000, 7, 300
POSTINGS = ENTRIES // 2 * 5
MOST_BALANCE_SECONDS, MOST_VERIFY_SECONDS = 0.2, 60
FIRST, DAYS = date(2021, 1, 1), 365 * 5
A_DAY = date(2025, 11, 20)
BANKS = ("assets:bank", "assets:second-bank")
EXPENSES = (Expense.LAWYER, Expense.PARCELS, Expense.TRAVEL, Expense.LIVING)
TABLES = ("ledger_entry", "ledger_posting", "ledger_total")
Made = tuple[Link, list[WrittenLine], bytes]

_FUNDS = """
INSERT INTO fund (id, slug, kind, state, public_level, titles, summaries, abouts, currency, created_on, version)
SELECT md5('fund' || n)::uuid, 'fund-' || n, 'cause', 'open', 'hidden', '{"en": "Made up"}', '{}', '{}', 'EUR',
    current_date, 1 FROM generate_series(0, %s) AS n
"""
_TOTALS = """
INSERT INTO ledger_total (span, starts_on, fund_id, account_id, currency, amount)
SELECT span, date_trunc(span, happened_on::timestamp)::date, fund_id, account_id, currency, sum(amount)
FROM ledger_posting, (VALUES ('year'), ('month')) AS spans (span) GROUP BY 1, 2, 3, 4, 5
"""


def measure() -> list[Measure]:
    """Balances at a day within five years of entries, the verifying of all of it, and entries posted one by one."""
    with stage() as on:
        with on.connect() as connection:
            connection.execute("SET statement_timeout = 0")
            _fill(connection)
        start = Ticks.now()
        with on.application().app_context():
            found = len(balances_at(A_DAY))
            balances = _seconds(lambda: balances_at(A_DAY))
            sums = _seconds(lambda: sums_at(A_DAY))
            one = _seconds(lambda: sums_at(A_DAY, [uuid.UUID(_fund_ids()[0])]))
            session.rollback()
            began = time.monotonic()
            flaws = list(verify())
            verified = time.monotonic() - began
            posted = _post()
        if flaws or not found:
            raise RuntimeError(f"{found} balances, {len(flaws)} flaws: {flaws[:3]}")
        steal, load = [Ticks.now().steal_since(start)], f"load {os.getloadavg()[0]:.1f}"
    note = f"{found:,} balances, {load}"
    return [
        _within(f"200 ms / balances of {FUNDS:,} funds, {POSTINGS:,} postings", MOST_BALANCE_SECONDS, balances, steal,
                note),
        _within("200 ms / received, passed on and left of each of them", MOST_BALANCE_SECONDS, sums, steal, load),
        Measure("the same of one fund", round(one * 1000, 1), unit=" ms", steal=steal),
        _within(f"60 s / verifying {POSTINGS:,} postings", MOST_VERIFY_SECONDS, verified, steal, load),
        Measure("entries posted one by one, a commit each", round(POSTED / posted, 1), steal=steal, note=load),
    ]  # fmt: skip


def _fill(connection: psycopg.Connection[object]) -> None:
    """Write the ledger past its triggers, as it would stand had it been posted."""
    connection.execute(_FUNDS, (FUNDS - 1,))
    codes = (*BANKS, Income.GIFTS, Expense.FEES, *EXPENSES)
    for code in codes:
        kind = code.partition(":")[0]
        connection.execute(
            "INSERT INTO ledger_account (code, kind, title, rail, is_open) VALUES (%s, %s, '', %s, true)",
            (code, kind, "bank" if kind == "assets" else None),
        )
    ids = dict(connection.execute("SELECT code, id FROM ledger_account").fetchall())  # type: ignore[arg-type]
    for table in TABLES:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(
            "COPY ledger_entry (number, happened_on, posted_at, memo, reference, posted_by, lines, previous, digest)"
            " FROM STDIN"
        ) as copy:
            for link, lines, digest in _made():
                copy.write_row(
                    (
                        link.number,
                        link.happened_on,
                        link.posted_at,
                        link.memo,
                        "",
                        None,
                        len(lines),
                        link.previous,
                        digest,
                    )
                )
        with cursor.copy(
            "COPY ledger_posting (entry_number, line, lines, happened_on, account_id, fund_id, currency, amount)"
            " FROM STDIN"
        ) as copy:
            for link, lines, _digest in _made():
                for line, code, fund, currency, amount in lines:
                    copy.write_row((link.number, line, len(lines), link.happened_on, ids[code], fund, currency, amount))
        cursor.execute(_TOTALS)
    for table in TABLES:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    connection.execute("VACUUM ANALYZE")


def _made() -> Iterator[Made]:
    """Gifts of two lines and payments of three, in turns, over five years; the same each time."""
    funds, previous = _fund_ids(), GENESIS
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(1, ENTRIES + 1):
        fund, minor = funds[number * 7 % FUNDS], 1_000 + number % 9_000
        bank, currency = BANKS[number // 2 % 2], "USD" if number % 20 in {0, 1} else "EUR"
        day = FIRST + timedelta(days=number * 11 % DAYS)
        lines: list[WrittenLine] = [
            (1, bank, fund, currency, 2 * minor), (2, Income.GIFTS.value, fund, currency, -2 * minor)
        ]  # fmt: skip
        memo = Memo.GIFT
        if number % 2:
            memo, expense = Memo.PAYMENT, EXPENSES[number // 4 % 4].value
            lines = [
                (1, expense, fund, currency, minor), (2, Expense.FEES.value, fund, currency, 30),
                (3, bank, fund, currency, -minor - 30),
            ]  # fmt: skip
        link = Link(number, day, at, memo.value, "", None, None, None, None, previous)
        previous = digest_of(link, lines)
        yield link, lines, previous


def _fund_ids() -> list[str]:
    """As the database makes them."""
    return [str(uuid.UUID(md5(f"fund{n}".encode(), usedforsecurity=False).hexdigest())) for n in range(FUNDS)]


def _post() -> float:
    """The seconds that entries took, each a transaction."""
    fund = uuid.UUID(_fund_ids()[0])
    began = time.monotonic()
    for _turn in range(POSTED):
        lines = [Line(BANKS[0], fund, Money(500, "EUR")), Line(Income.GIFTS, fund, Money(-500, "EUR"))]
        with transaction():
            ledger.post(lines, memo=Memo.GIFT, happened_on=A_DAY, actor=None)
    return time.monotonic() - began


def _seconds(act: Callable[[], object]) -> float:
    """The median of some rounds."""
    taken = []
    for _round in range(ROUNDS):
        began = time.monotonic()
        act()
        taken.append(time.monotonic() - began)
        session.rollback()
    return sorted(taken)[ROUNDS // 2]


def _within(name: str, limit: float, seconds: float, steal: list[float], note: str) -> Measure:
    """Seconds under the limit: the ratio says how many times over."""
    shown = f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
    return Measure(name, round(limit / seconds, 2), 1.0, 1.0, "x", steal=steal, note=f"{shown}, {note}")
