"""The ledger as files: CSV, and text for Beancount, whose own checker then confirms every balance.

Funds are called by their number, so that no title leaves with the figures.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import distinct_on

from campaign.funds.models import Fund, LedgerAccount, LedgerEntry, LedgerPosting
from campaign.kernel.db import read_only
from campaign.kernel.exports import csv_lines
from campaign.kernel.money import Money

SECONDS = 600
AT_ONCE = 10_000
CSV_HEAD = (
    "entry", "happened_on", "posted_on", "memo", "reference", "reverses", "line", "account", "fund", "currency",
    "amount", "hash",
)  # fmt: skip


def as_csv() -> Iterator[str]:
    """A row for each posting, in the order of the entries."""
    yield from csv_lines(_cells())


def _cells() -> Iterator[Sequence[str]]:
    yield CSV_HEAD
    with read_only(SECONDS) as connection:
        for row in _postings(connection):
            yield (
                str(row.number), row.happened_on.isoformat(), row.posted_at.date().isoformat(), row.memo, row.reference,
                str(row.reverses or ""), str(row.line), row.code, f"F{row.fund_number}", row.currency,
                str(Money(row.amount, row.currency).decimal), row.digest.hex(),
            )  # fmt: skip


def as_beancount() -> Iterator[str]:
    """A ledger that bean-check accepts: accounts, entries, and at its end a balance of each account to be checked.

    An account of ours and a fund are one account there ("Assets:Bank:F3"), so that every balance here is one there.
    """
    with read_only(SECONDS) as connection:
        yield "; A ledger in the format of Beancount (https://beancount.github.io/).\n"
        yield 'option "title" "Ledger"\n\n'
        yield from _opened(connection)
        held: dict[tuple[str, str], int] = defaultdict(int)
        last: date | None = None
        for _number, group in groupby(_postings(connection, in_order_of_days=True), key=attrgetter("number")):
            lines = list(group)
            last = lines[0].happened_on
            yield from _transaction(lines)
            for each in lines:
                held[_name(each.code, each.fund_number), each.currency] += each.amount
        if last is not None:
            # Beancount looks at the beginning of the day that is named.
            day = last + timedelta(days=1)
            for (name, currency), minor in sorted(held.items()):
                yield f"{day} balance {name}  {Money(minor, currency).decimal} ~ 0 {currency}\n"


def _opened(connection: Connection) -> Iterator[str]:
    # A whole table is read once, which is cheaper than a search for each pair.
    statement = (
        select(LedgerAccount.code, Fund.number, LedgerPosting.happened_on)
        .ext(distinct_on(LedgerPosting.account_id, LedgerPosting.fund_id))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .join(Fund, Fund.id == LedgerPosting.fund_id)
        .order_by(LedgerPosting.account_id, LedgerPosting.fund_id, LedgerPosting.happened_on)
    )
    rows = sorted((day, _name(code, fund)) for code, fund, day in connection.execute(statement))
    for day, name in rows:
        yield f"{day} open {name}\n"
    yield "\n"


def _transaction(lines: Sequence[Any]) -> Iterator[str]:
    head = lines[0]
    words = " ".join(filter(None, [head.memo, head.reference]))
    yield f'{head.happened_on} * "{words}"\n  entry: {head.number}\n'
    if head.reverses:
        yield f"  reverses: {head.reverses}\n"
    for each in lines:
        amount = Money(each.amount, each.currency).decimal
        yield f"  {_name(each.code, each.fund_number)}  {amount} {each.currency}\n"
    yield "\n"


def _name(code: str, fund: int) -> str:
    """Each part begins with a capital letter or a digit there."""
    kind, _, rest = code.partition(":")
    return f"{kind.capitalize()}:{rest.capitalize()}:F{fund}"


def _postings(connection: Connection, *, in_order_of_days: bool = False) -> Iterator[Any]:
    entry, posting = LedgerEntry, LedgerPosting
    order = [entry.happened_on] if in_order_of_days else []
    statement = (
        select(
            entry.number, entry.happened_on, entry.posted_at, entry.memo, entry.reference, entry.reverses,
            entry.digest, posting.line, posting.currency, posting.amount, LedgerAccount.code,
            Fund.number.label("fund_number"),
        )
        .join(posting, posting.entry_number == entry.number)
        .join(LedgerAccount, LedgerAccount.id == posting.account_id)
        .join(Fund, Fund.id == posting.fund_id)
        .order_by(*order, entry.number, posting.line)
    )  # fmt: skip
    streamed = connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE)
    yield from streamed.execute(statement)
