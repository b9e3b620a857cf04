"""Writing into the ledger: an entry whole, or taken back whole. Nothing else ever changes it.

Whoever posts holds the lock of the chain until the transaction ends, so that no two entries follow the same one. It is
taken last: lock your own rows first, post, and end (docs/funds.md).
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from campaign.funds.models import (
    FIXED_CODES,
    GENESIS,
    LONGEST_ACCOUNT_TITLE,
    MOST_LINES,
    POSTABLE,
    REFERENCE,
    REVERSAL_MEMOS,
    AccountKind,
    Equity,
    Fund,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Memo,
    Rail,
)
from campaign.funds.models.chain import Link, WrittenLine, digest_of
from campaign.funds.service.periods import closed_through, earliest_day
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.money import BadAmount, Money, exponent
from campaign.kernel.slugs import slug_from
from campaign.kernel.text import one_line

CHAIN_LOCK = 0x_46_55_4E_44_53
OLDEST = date(2000, 1, 1)
_REFERENCE = re.compile(REFERENCE)
NO_ENTRIES = N_(
    "One of the funds takes no entries: it waits for its review, or it has ended. One that has ended is taken up again"
    " on its page where something late is to be entered."
)
TOO_LONG_AGO = N_(
    "This day is more than 400 days ago. Please check the year. What is older than that comes into the books as what"
    " was there when they began."
)


class BadEntry(DomainError):
    """What was to be posted is no whole entry."""


class MonthClosed(BadEntry):
    """The month of that day is closed; `periods.book_day` says under which day it can be posted."""


class AlreadyPosted(Conflict):
    """The same thing was posted before; `number` is the entry."""

    def __init__(self, number: int, message: str = "") -> None:
        super().__init__(message or N_("This is in the ledger already. Nothing was posted twice."))
        self.number = number


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the code of an account, the fund, and the amount; a debit is positive."""

    account: str
    fund_id: uuid.UUID
    money: Money


@dataclass(frozen=True, slots=True)
class Source:
    """What an entry is posted for: a gift, a payment, a line of a statement. It is posted once."""

    kind: str
    id: uuid.UUID


def post(
    lines: Sequence[Line], *, memo: Memo, happened_on: date, actor: uuid.UUID | None, reference: str = "",
    source: Source | None = None,
) -> LedgerEntry:  # fmt: skip
    """Write one entry; it counts once the transaction has committed.

    For the same `source` again it raises AlreadyPosted with the number of the entry, so that a job that runs twice can
    stop there. Raises BadEntry for what does not sum to zero in each fund and currency, for an unknown or closed
    account and a fund that takes nothing, for a day ahead or in a closed month and a reference that could be a name.
    """
    if memo in REVERSAL_MEMOS:
        raise BadEntry(N_("An entry is taken back by its reversal, not by another entry."))
    _check_lines(lines)
    _check_funds(lines)
    accounts = _accounts_of(lines)
    return _write(lines, accounts, memo=memo, happened_on=happened_on, actor=actor, reference=reference, source=source)


def reverse(number: int, *, memo: Memo, happened_on: date, actor: uuid.UUID | None) -> LedgerEntry:
    """Take an entry back by its exact opposite, with the reason; the right one is posted anew.

    Raises NotFound, AlreadyPosted when it was reversed before, BadEntry for a reversal, a fund that is closed and a day
    before the entry's own.
    """
    if memo not in REVERSAL_MEMOS:
        raise BadEntry(N_("Say why the entry is taken back."))
    found = session.get(LedgerEntry, number)
    if found is None:
        raise NotFound
    if found.reverses is not None:
        raise BadEntry(N_("A reversal is not reversed. Post what is right as a new entry."))
    if happened_on < found.happened_on:
        raise BadEntry(N_("An entry cannot be taken back before the day on which it happened."))
    lines = lines_of(number)
    opposite = [Line(each.account, each.fund_id, -each.money) for each in lines]
    _check_funds(opposite)
    accounts = _accounts_of(opposite, also_closed=True)
    return _write(opposite, accounts, memo=memo, happened_on=happened_on, actor=actor, reverses=number)


def transfer(
    account: str, from_fund: uuid.UUID, to_fund: uuid.UUID, money: Money, *, happened_on: date,
    actor: uuid.UUID | None, memo: Memo = Memo.TRANSFER, source: Source | None = None,
) -> LedgerEntry:  # fmt: skip
    """Give some of what lies on `account` for one fund to another; the money itself stays where it is."""
    if money.minor <= 0 or from_fund == to_fund:
        raise BadEntry(N_("Give an amount above zero, and two different funds."))
    lines = transfer_lines(account, from_fund, to_fund, money)
    return post(lines, memo=memo, happened_on=happened_on, actor=actor, source=source)


def transfer_lines(account: str, from_fund: uuid.UUID, to_fund: uuid.UUID, money: Money) -> list[Line]:
    """The four lines of a transfer: each fund stays in balance by itself."""
    return [
        Line(account, from_fund, -money), Line(Equity.TRANSFERS, from_fund, money),
        Line(account, to_fund, money), Line(Equity.TRANSFERS, to_fund, -money),
    ]  # fmt: skip


def exchange_lines(fund_id: uuid.UUID, given: Money, taken_from: str, got: Money, put_to: str) -> list[Line]:
    """The four lines of an exchange: each currency stays in balance by itself."""
    return [
        Line(taken_from, fund_id, -given), Line(Equity.EXCHANGE, fund_id, given),
        Line(put_to, fund_id, got), Line(Equity.EXCHANGE, fund_id, -got),
    ]  # fmt: skip


def lines_of(number: int) -> list[Line]:
    """The lines of an entry, in their order."""
    statement = (
        select(LedgerAccount.code, LedgerPosting.fund_id, LedgerPosting.amount, LedgerPosting.currency)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerPosting.entry_number == number)
        .order_by(LedgerPosting.line)
    )
    return [Line(code, fund, Money(amount, currency)) for code, fund, amount, currency in session.execute(statement)]


def open_account(
    title: str, rail: Rail, currency: str | None, *, actor: uuid.UUID | None, is_demo: bool = False
) -> LedgerAccount:
    """Open an account of ours where money lies. Raises BadEntry without a title or when there is one of that name."""
    title = one_line(title, LONGEST_ACCOUNT_TITLE)
    code = f"{AccountKind.ASSETS}:{slug_from(title, 40)}"
    if not title or code.endswith(":"):
        raise BadEntry(N_("The account needs a title with letters in it."))
    if currency is not None:
        _check_currency(currency)
    made = LedgerAccount(
        code=code, kind=AccountKind.ASSETS, title=title, rail=rail, currency=currency, is_open=True, is_demo=is_demo
    )
    if session.scalar(select(LedgerAccount.id).where(LedgerAccount.code == code)) is not None:
        raise BadEntry(N_("There is an account of that name already."))
    session.add(made)
    session.flush()
    audit.record("ledger.account", actor=actor, about=f"ledger-account:{code}")
    return made


def set_account_open(account_id: int, *, is_open: bool, actor: uuid.UUID | None) -> None:
    """Close an account to new entries, or open it again. Raises NotFound for one that is not an asset."""
    found = session.get(LedgerAccount, account_id, with_for_update=True)
    if found is None or found.kind != AccountKind.ASSETS:
        raise NotFound
    found.is_open = is_open
    session.flush()
    audit.record("ledger.account", actor=actor, about=f"ledger-account:{found.code}", reason=str(is_open))


def check_reference(reference: str) -> str:
    """The reference as it is stored. Raises BadEntry for what could hold a name."""
    plain = one_line(reference, 60).upper()
    if plain and not _REFERENCE.fullmatch(plain):
        raise BadEntry(
            N_("A reference is a number, with up to three letters before it, as in G-2026-0017. It never holds a name.")
        )
    return plain


def check_day(happened_on: date) -> None:
    """Raise BadEntry for a day ahead, or one so long ago that its year was mistyped, and MonthClosed where the
    books are closed."""
    if happened_on > clock.today():
        raise BadEntry(N_("This day is still ahead. Only what has happened is posted."))
    if happened_on < OLDEST:
        raise BadEntry(TOO_LONG_AGO)
    closed = closed_through()
    if closed is not None and happened_on <= closed:
        raise MonthClosed(
            N_("The month of this day is closed. What is late, or put right later, is posted in a month that is open.")
        )


def check_typed_day(happened_on: date) -> None:
    """The same for a day that a person says: raise BadEntry as well for one of more than 400 days ago.

    Looked at where days come in, and not where they are posted: what was taken in time is posted whenever it is found
    out what it is.
    """
    check_day(happened_on)
    if happened_on < earliest_day():
        raise BadEntry(TOO_LONG_AGO)


def lock_chain() -> None:
    """Hold the end of the ledger until the transaction ends: nobody else posts, and nobody closes a month."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})


def check_sums(lines: Sequence[Line]) -> None:
    """Raise BadEntry unless the lines are two or more and sum to zero in each fund and currency."""
    _check_lines(lines)


def _check_lines(lines: Sequence[Line]) -> None:
    if not 2 <= len(lines) <= MOST_LINES:
        raise BadEntry(N_("An entry has two lines at least, and a hundred at most."))
    sums: dict[tuple[uuid.UUID, str], int] = {}
    for each in lines:
        if each.money.minor == 0:
            raise BadEntry(N_("A line with an amount of zero says nothing. Leave it out."))
        key = each.fund_id, each.money.currency
        sums[key] = sums.get(key, 0) + each.money.minor
    if any(sums.values()):
        raise BadEntry(N_("The lines do not sum to zero in each fund and currency. Nothing was posted."))


def _check_currency(currency: str) -> None:
    try:
        exponent(currency)
    except BadAmount as problem:
        raise BadEntry(problem.message) from problem


def _check_funds(lines: Sequence[Line]) -> None:
    """The funds of the lines under a shared lock, so that none is closed between this and the commit."""
    wanted = {each.fund_id for each in lines}
    # In one order, as whoever closes a fund takes them.
    statement = select(Fund.id, Fund.state).where(Fund.id.in_(wanted)).order_by(Fund.id).with_for_update(read=True)
    found = dict(session.execute(statement).all())
    if found.keys() != wanted or any(state not in POSTABLE for state in found.values()):
        raise BadEntry(NO_ENTRIES)


def _accounts_of(lines: Sequence[Line], *, also_closed: bool = False) -> dict[str, int]:
    codes = sorted({str(each.account) for each in lines})
    _make_fixed(codes)
    statement = select(LedgerAccount).where(LedgerAccount.code.in_(codes))
    found = {account.code: account for account in session.scalars(statement)}
    for each in lines:
        account = found.get(str(each.account))
        if account is None:
            raise BadEntry(N_("There is no such account."))
        if not account.is_open and not also_closed:
            raise BadEntry(N_("One of the accounts is closed."))
        if account.currency not in {None, each.money.currency}:
            raise BadEntry(N_("One of the accounts holds another currency."))
    return {code: account.id for code, account in found.items()}


def _make_fixed(codes: Sequence[str]) -> None:
    """The fixed accounts come into the table when they are first needed; two at once make one."""
    rows = [{"code": code, "kind": code.partition(":")[0]} for code in codes if code in FIXED_CODES]
    known = set(session.scalars(select(LedgerAccount.code).where(LedgerAccount.code.in_(codes))))
    missing = [row | {"title": "", "is_open": True, "is_demo": False} for row in rows if row["code"] not in known]
    if missing:
        session.execute(insert_or_not(LedgerAccount).values(missing).on_conflict_do_nothing())


def _write(
    lines: Sequence[Line], accounts: dict[str, int], *, memo: Memo, happened_on: date, actor: uuid.UUID | None,
    reference: str = "", source: Source | None = None, reverses: int | None = None,
) -> LedgerEntry:  # fmt: skip
    reference = check_reference(reference)
    lock_chain()
    _check_new(source, reverses)
    # Under the lock, which whoever closes a month holds as well.
    check_day(happened_on)
    last = session.execute(select(LedgerEntry.number, LedgerEntry.digest).order_by(LedgerEntry.number.desc()).limit(1))
    number, previous = next(((row.number + 1, row.digest) for row in last), (1, GENESIS))
    kind, source_id = (source.kind, source.id) if source else (None, None)
    link = Link(number, happened_on, clock.now(), memo, reference, kind, source_id, reverses, actor, previous)
    written: list[WrittenLine] = [
        (at, str(each.account), str(each.fund_id), each.money.currency, each.money.minor)
        for at, each in enumerate(lines, 1)
    ]
    entry = LedgerEntry(
        number=number, happened_on=happened_on, posted_at=link.posted_at, memo=memo, reference=reference,
        source_kind=kind, source_id=source_id, reverses=reverses, posted_by=actor, lines=len(lines),
        previous=previous, digest=digest_of(link, written),
    )  # fmt: skip
    session.add(entry)
    session.flush()
    rows = [
        {
            "entry_number": number, "line": at, "lines": len(lines), "happened_on": happened_on,
            "account_id": accounts[str(each.account)], "fund_id": each.fund_id, "currency": each.money.currency,
            "amount": each.money.minor,
        }
        for at, each in enumerate(lines, 1)
    ]  # fmt: skip
    session.execute(insert(LedgerPosting).values(rows))
    audit.record(
        "ledger.reverse" if reverses else "ledger.post", actor=actor, about=f"ledger-entry:{number}", reason=memo
    )
    return entry


def _check_new(source: Source | None, reverses: int | None) -> None:
    """Looked at under the lock of the chain, so that of two at the same moment one finds what the other wrote."""
    if source is not None:
        same = select(LedgerEntry.number).where(
            LedgerEntry.source_kind == source.kind, LedgerEntry.source_id == source.id
        )
        if (number := session.scalar(same)) is not None:
            raise AlreadyPosted(number)
    if reverses is not None:
        back = session.scalar(select(LedgerEntry.number).where(LedgerEntry.reverses == reverses))
        if back is not None:
            raise AlreadyPosted(back, N_("Somebody has taken this entry back already. Nothing was done twice."))
