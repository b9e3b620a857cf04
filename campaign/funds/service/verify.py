"""Checking the whole ledger: the chain, every sum, every reversal, and the sums that the database keeps beside it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import aliased

from campaign.funds.models import GENESIS, LedgerAccount, LedgerEntry, LedgerMonth, LedgerPosting, MonthState
from campaign.funds.models.chain import Link, digest_of
from campaign.funds.service.periods import end_of_month
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
_TOTALS_OF_MONTH = text("""
SELECT count(*) FROM (
    SELECT fund_id, account_id, currency, sum(amount) AS amount FROM ledger_posting
    WHERE happened_on BETWEEN :first AND :last GROUP BY 1, 2, 3
) AS made FULL JOIN (
    SELECT fund_id, account_id, currency, amount FROM ledger_total WHERE span = 'month' AND starts_on = :first
) AS kept USING (fund_id, account_id, currency)
WHERE coalesce(made.amount, 0) <> coalesce(kept.amount, 0)
""")
_CLOSED = (
    select(LedgerMonth.starts_on, LedgerMonth.last_number, LedgerMonth.last_digest)
    .where(LedgerMonth.state == MonthState.CLOSED)
    .order_by(LedgerMonth.last_number, LedgerMonth.starts_on)
)
_CURRENCIES = text("""
SELECT DISTINCT entry_number FROM ledger_posting AS p JOIN ledger_account AS a ON a.id = p.account_id
WHERE a.currency IS NOT NULL AND a.currency <> p.currency ORDER BY entry_number
""")


def verify() -> Iterator[Flaw]:
    """Walk the whole ledger and yield each flaw; nothing when it holds. Reads in a transaction of its own, so that
    what is posted meanwhile does not come into it."""
    with read_only(SECONDS) as connection:
        codes = dict(connection.execute(select(LedgerAccount.id, LedgerAccount.code)).all())
        closed = connection.execute(_CLOSED).all()
        rows = connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE).execute(_entries())
        yield from _walk(rows, codes, _Closed(closed))
        for number, first in connection.execute(_REVERSALS):
            yield Flaw(number, f"entry {number} is not the opposite of entry {first}")
        for (number,) in connection.execute(_CURRENCIES):
            yield Flaw(number, f"entry {number} has another currency on an account than the account holds")
        differing = connection.execute(_TOTALS).scalar_one()
        if differing:
            yield Flaw(0, f"{differing} sums of years and months differ from the postings")


def verify_month(first: date, last: date) -> list[Flaw]:
    """The flaws among the entries that happened on these days, within the open transaction: each against its hash and
    against the entry before it, and the kept sums of the month."""
    codes = dict(session.execute(select(LedgerAccount.id, LedgerAccount.code)).all())
    before = aliased(LedgerEntry)
    statement = (
        _entries()
        .add_columns(before.digest.label("digest_before"))
        .outerjoin(before, before.number == LedgerEntry.number - 1)
        .where(LedgerEntry.happened_on.between(first, last))
    )
    found: list[Flaw] = []
    for number, group in groupby(session.execute(statement), key=itemgetter(0)):
        lines = list(group)
        if lines[0].previous != (GENESIS if number == 1 else lines[0].digest_before):
            found.append(Flaw(number, f"entry {number} does not follow from the one before it"))
        found.extend(_check(lines[0], lines, codes))
    differing = session.execute(_TOTALS_OF_MONTH, {"first": first, "last": last}).scalar_one()
    if differing:
        found.append(Flaw(0, f"{differing} sums of {first:%Y-%m} differ from the postings"))
    return found


def ledger_end() -> LedgerEnd:
    """The end of the ledger."""
    last = session.execute(select(LedgerEntry.number, LedgerEntry.digest).order_by(LedgerEntry.number.desc()).limit(1))
    number, digest = next(((row.number, row.digest) for row in last), (0, b""))
    postings = session.scalar(select(func.count()).select_from(LedgerPosting)) or 0
    return LedgerEnd(number, postings, digest)


def _entries() -> Select[*tuple[Any, ...]]:
    entry, posting = LedgerEntry, LedgerPosting
    return (
        select(
            entry.number, entry.happened_on, entry.posted_at, entry.memo, entry.reference, entry.source_kind,
            entry.source_id, entry.reverses, entry.posted_by, entry.previous, entry.digest, entry.lines,
            posting.line, posting.account_id, posting.fund_id, posting.currency, posting.amount,
        )
        .outerjoin(posting, posting.entry_number == entry.number)
        .order_by(entry.number, posting.line)
    )  # fmt: skip


class _Closed:
    """The closed months, looked at entry by entry: what was the last one of each, and that none came into it later."""

    def __init__(self, months: Sequence[Any]) -> None:
        self._coming = list(months)
        self._until: date | None = None

    def check(self, head: Any) -> Iterator[Flaw]:
        """The flaws of one entry; entries come in their order."""
        while self._coming and self._coming[0].last_number < head.number:
            self._until = end_of_month(self._coming.pop(0).starts_on)
        if self._until is not None and head.happened_on <= self._until:
            yield Flaw(head.number, f"entry {head.number} was written into a month that was closed")
        for each in self._coming:
            if each.last_number != head.number:
                break
            if each.last_digest != head.digest:
                yield Flaw(head.number, f"entry {head.number} is not the one with which {each.starts_on:%Y-%m} closed")

    def end(self, number: int) -> Iterator[Flaw]:
        """What was there when a month was closed, and is not any more."""
        for each in self._coming:
            if each.last_number > number:
                yield Flaw(
                    each.last_number, f"entry {each.last_number}, with which {each.starts_on:%Y-%m} closed, is gone"
                )


def _walk(rows: Iterable[Any], codes: dict[int, str], closed: _Closed) -> Iterator[Flaw]:
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
        yield from closed.check(head)
        yield from _check(head, lines, codes)
    yield from closed.end(expected)


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
