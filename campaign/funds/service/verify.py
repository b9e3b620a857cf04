"""Checking the whole ledger: the chain, every sum, every reversal, and the sums that the database keeps beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select, text

from campaign.funds.models import GENESIS, LedgerAccount, LedgerEntry, LedgerPosting
from campaign.funds.models.chain import Link, digest_of
from campaign.kernel.db import read_only, session

SECONDS = 600
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where the ledger does not hold."""

    entry: int
    """0: of no single entry."""
    problem: str


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """How long the ledger is, and the hash of its last entry: what to write down elsewhere."""

    entries: int
    postings: int
    digest: bytes


_REVERSALS = text("""
SELECT DISTINCT back.number, back.reverses FROM ledger_entry AS back
LEFT JOIN ledger_entry AS first ON first.number = back.reverses
WHERE back.reverses IS NOT NULL AND (
    first.number IS NULL OR first.reverses IS NOT NULL OR EXISTS (
        SELECT FROM (SELECT * FROM ledger_posting WHERE entry_number = back.number) AS b
        FULL JOIN (SELECT * FROM ledger_posting WHERE entry_number = back.reverses) AS f USING (line)
        WHERE (b.account_id, b.fund_id, b.currency, b.amount)
            IS DISTINCT FROM (f.account_id, f.fund_id, f.currency, -f.amount)))
ORDER BY back.number
""")
_TOTALS = text("""
SELECT count(*) FROM (
    SELECT span, date_trunc(span, happened_on::timestamp)::date AS starts_on, fund_id, account_id, currency,
        sum(amount) AS amount
    FROM (
        SELECT happened_on, fund_id, account_id, currency, sum(amount) AS amount
        FROM ledger_posting GROUP BY 1, 2, 3, 4
    ) AS days, (VALUES ('year'), ('month')) AS spans (span)
    GROUP BY 1, 2, 3, 4, 5
) AS made FULL JOIN ledger_total AS kept USING (span, starts_on, fund_id, account_id, currency)
WHERE coalesce(made.amount, 0) <> coalesce(kept.amount, 0)
""")
_CURRENCIES = text("""
SELECT DISTINCT entry_number FROM ledger_posting AS p JOIN ledger_account AS a ON a.id = p.account_id
WHERE a.currency IS NOT NULL AND a.currency <> p.currency ORDER BY entry_number
""")


def verify() -> Iterator[Flaw]:
    """Walk the whole ledger and yield each flaw; nothing when it holds. Reads in a transaction of its own, so that
    what is posted meanwhile does not come into it."""
    with read_only(SECONDS) as connection:
        codes = dict(connection.execute(select(LedgerAccount.id, LedgerAccount.code)).all())
        entry, posting = LedgerEntry, LedgerPosting
        statement = (
            select(
                entry.number, entry.happened_on, entry.posted_at, entry.memo, entry.reference, entry.source_kind,
                entry.source_id, entry.reverses, entry.posted_by, entry.previous, entry.digest, entry.lines,
                posting.line, posting.account_id, posting.fund_id, posting.currency, posting.amount,
            )
            .outerjoin(posting, posting.entry_number == entry.number)
            .order_by(entry.number, posting.line)
        )  # fmt: skip
        rows = connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE).execute(statement)
        yield from _walk(rows, codes)
        for number, first in connection.execute(_REVERSALS):
            yield Flaw(number, f"entry {number} is not the opposite of entry {first}")
        for (number,) in connection.execute(_CURRENCIES):
            yield Flaw(number, f"entry {number} has another currency on an account than the account holds")
        differing = connection.execute(_TOTALS).scalar_one()
        if differing:
            yield Flaw(0, f"{differing} sums of years and months differ from the postings")


def ledger_end() -> LedgerEnd:
    """The end of the ledger."""
    last = session.execute(select(LedgerEntry.number, LedgerEntry.digest).order_by(LedgerEntry.number.desc()).limit(1))
    number, digest = next(((row.number, row.digest) for row in last), (0, b""))
    postings = session.scalar(select(func.count()).select_from(LedgerPosting)) or 0
    return LedgerEnd(number, postings, digest)


def _walk(rows: Iterable[Any], codes: dict[int, str]) -> Iterator[Flaw]:
    previous, expected = GENESIS, 0
    for number, group in groupby(rows, key=itemgetter(0)):
        expected += 1
        if number != expected:
            yield Flaw(expected, f"entry {expected} is missing; {number} follows")
            expected = number
        lines = list(group)
        head = lines[0]
        if head.previous != previous:
            yield Flaw(number, f"entry {number} does not follow from the one before it")
        previous = head.digest
        yield from _check(head, lines, codes)


def _check(head: Any, lines: list[Any], codes: dict[int, str]) -> Iterator[Flaw]:
    number = head.number
    # An entry without postings comes with one empty line.
    written = [
        (each.line, codes.get(each.account_id, ""), str(each.fund_id), each.currency, each.amount)
        for each in lines if each.line is not None
    ]  # fmt: skip
    if digest_of(Link(*head[:10]), written) != head.digest:
        yield Flaw(number, f"entry {number} was changed after it was written")
    if len(written) != head.lines:
        yield Flaw(number, f"entry {number} has {len(written)} postings and was written with {head.lines}")
    sums: dict[tuple[str, str], int] = {}
    for _line, _code, fund, currency, amount in written:
        sums[fund, currency] = sums.get((fund, currency), 0) + amount
    if any(sums.values()):
        yield Flaw(number, f"entry {number} does not sum to zero in each fund and currency")
