"""What no one outside has a part in: transfers between accounts of ours, what the bank takes, and what it pays.

Banking posts these itself. A transfer is posted once, with whichever of its two lines is said first; the line of the
other account, when its statement comes, is the same transfer and posts nothing.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select

from campaign.banking.models import BankLine, BankOwn, LineState, OwnKind
from campaign.banking.service import looks
from campaign.banking.service.lines import SOMEBODY_ELSE, lock_line, move
from campaign.banking.service.matching import check_open
from campaign.funds.models import AccountKind, Expense, Income, LedgerAccount, Memo
from campaign.funds.queries.funds import list_postable
from campaign.funds.service import ledger, periods
from campaign.funds.service.ledger import Line, Source
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.money import Money

DAYS_APART = timedelta(days=10)
MOST_OTHERS = 5
SOURCE = "bank_own"


class BadOwn(DomainError):
    """The line cannot be this."""


def post_fee(line_id: uuid.UUID, fund_id: uuid.UUID, actor: uuid.UUID, *, version: int | None = None) -> BankOwn:
    """What is open of a line that went out is what the bank takes, paid by this fund. Raises BadOwn, Conflict."""
    line = _open_line(line_id, version)
    if line.amount > 0:
        raise BadOwn(N_("What the bank takes goes out. This came in."))
    return _post(line, OwnKind.FEE, fund_id, Expense.FEES, Memo.FEE, actor)


def post_interest(line_id: uuid.UUID, fund_id: uuid.UUID, actor: uuid.UUID, *, version: int | None = None) -> BankOwn:
    """What is open of a line that came in is interest, for this fund. Raises BadOwn, Conflict."""
    line = _open_line(line_id, version)
    if line.amount < 0:
        raise BadOwn(N_("Interest comes in. This went out."))
    return _post(line, OwnKind.INTEREST, fund_id, Income.INTEREST, Memo.INTEREST, actor)


def post_transfer(
    line_id: uuid.UUID, other_account_id: int, fund_id: uuid.UUID, actor: uuid.UUID, *,
    other_line_id: uuid.UUID | None = None, version: int | None = None,
) -> BankOwn:  # fmt: skip
    """What is open of a line went to, or came from, another account of ours, for this fund; with the line of that
    account where it is known. Raises NotFound, BadOwn, Conflict.
    """
    # Two lines are locked in one order, so that whoever begins with the other one waits instead of standing against us.
    for each in sorted(each for each in (line_id, other_line_id) if each is not None):
        lock_line(each)
    line, other = _open_line(line_id, version), session.get(LedgerAccount, other_account_id)
    if other is None or other.kind != AccountKind.ASSETS:
        raise NotFound
    if other.id == line.account_id:
        raise BadOwn(N_("Choose another account than the one that this line is of."))
    theirs = _other_line(other_line_id, other.id, line) if other_line_id is not None else None
    return _post(line, OwnKind.TRANSFER, fund_id, other.code, Memo.TRANSFER, actor, other=other, theirs=theirs)


def join_transfer(line_id: uuid.UUID, own_id: uuid.UUID, actor: uuid.UUID, *, version: int | None = None) -> BankOwn:
    """Say that a line is the other end of a transfer that is posted already; nothing is posted twice."""
    line = _open_line(line_id, version)
    found = session.get(BankOwn, own_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.undone_at is not None or found.other_line_id is not None:
        raise Conflict(SOMEBODY_ELSE)
    if (found.other_account_id, found.currency, -found.amount) != (line.account_id, line.currency, line.open_amount):
        raise BadOwn(N_("The two lines are not the same transfer: account, amount or currency differ."))
    found.other_line_id = line.id
    # Both ends have come: nobody's word is needed for it.
    session.get_one(BankLine, found.line_id, with_for_update=True, populate_existing=True).awaits_look = False
    _settle(line, "transfer", actor)
    audit.record("bank.own", actor=actor, about=f"bank-line:{line.id}", reason=OwnKind.TRANSFER)
    return found


def undo_own(line_id: uuid.UUID, actor: uuid.UUID, *, version: int | None = None) -> BankOwn:
    """Take back what a line was said to be, on both its accounts; the entry is reversed. Raises NotFound, Conflict."""
    known = find_own(line_id)
    if known is None:
        raise NotFound
    both = sorted(each for each in (known.line_id, known.other_line_id) if each is not None)
    lines = {each: lock_line(each, version if each == line_id else None) for each in both}
    found = session.get_one(BankOwn, known.id, with_for_update=True, populate_existing=True)
    if found.undone_at is not None:
        raise Conflict(SOMEBODY_ELSE)
    found.undone_at, found.undone_by = clock.now(), actor
    for each in lines.values():
        each.open_amount = found.amount if each.id == found.line_id else -found.amount
        move(each, "undone", LineState.OPEN, actor=actor, amount=each.open_amount)
    audit.record("bank.undo", actor=actor, about=f"bank-line:{line_id}", reason=found.kind)
    if found.entry_number is not None:
        ledger.reverse(found.entry_number, memo=Memo.DID_NOT_HAPPEN, happened_on=periods.book_day(clock.today()),
                       actor=actor)  # fmt: skip
    return found


def find_own(line_id: uuid.UUID) -> BankOwn | None:
    """What a line is said to be of ours, or None."""
    wanted = select(BankOwn).where(
        or_(BankOwn.line_id == line_id, BankOwn.other_line_id == line_id), BankOwn.undone_at.is_(None)
    )
    return session.scalar(wanted)


def waiting_transfers(line: BankLine) -> Sequence[BankOwn]:
    """Transfers that are posted and whose other end this line may be."""
    wanted = select(BankOwn).where(
        BankOwn.other_account_id == line.account_id, BankOwn.currency == line.currency,
        BankOwn.amount == -line.open_amount, BankOwn.undone_at.is_(None), BankOwn.other_line_id.is_(None),
        BankOwn.day.between(line.day - DAYS_APART, line.day + DAYS_APART),
    )  # fmt: skip
    return session.scalars(wanted.order_by(BankOwn.day).limit(MOST_OTHERS)).all()


def other_ends(line: BankLine) -> Sequence[BankLine]:
    """Open lines of other accounts that may be the other end of a transfer: the same amount the other way round."""
    wanted = select(BankLine).where(
        BankLine.account_id != line.account_id, BankLine.currency == line.currency, BankLine.amount == -line.amount,
        BankLine.open_amount == -line.open_amount, BankLine.state.in_((LineState.OPEN, LineState.ON_HOLD)),
        BankLine.day.between(line.day - DAYS_APART, line.day + DAYS_APART),
    )  # fmt: skip
    return session.scalars(wanted.order_by(BankLine.day).limit(MOST_OTHERS)).all()


def _open_line(line_id: uuid.UUID, version: int | None) -> BankLine:
    line = lock_line(line_id, version)
    check_open(line)
    return line


def _other_line(other_line_id: uuid.UUID, account_id: int, line: BankLine) -> BankLine:
    other = _open_line(other_line_id, None)
    if (other.account_id, other.currency, other.open_amount) != (account_id, line.currency, -line.open_amount):
        raise BadOwn(N_("The two lines are not the same transfer: account, amount or currency differ."))
    return other


def _settle(line: BankLine, act: str, actor: uuid.UUID) -> None:
    amount, line.open_amount = line.open_amount, 0
    move(line, act, LineState.OWN, actor=actor, amount=amount)


def _post(
    line: BankLine, kind: OwnKind, fund_id: uuid.UUID, against: str, memo: Memo, actor: uuid.UUID, *,
    other: LedgerAccount | None = None, theirs: BankLine | None = None,
) -> BankOwn:  # fmt: skip
    if fund_id not in {each.id for each in list_postable()}:
        raise BadOwn(N_("Choose a fund that takes entries."))
    account = session.get_one(LedgerAccount, line.account_id)
    amount = line.open_amount
    made = BankOwn(
        id=uuid.uuid4(), kind=kind, line_id=line.id, other_account_id=other.id if other else None,
        other_line_id=theirs.id if theirs else None, fund_id=fund_id, day=line.day, amount=amount,
        currency=line.currency, made_by=actor, made_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    _settle(line, kind, actor)
    if theirs is not None:
        _settle(theirs, kind, actor)
    elif kind != OwnKind.INTEREST:
        looks.ask(line, is_fee=kind == OwnKind.FEE)
    audit.record("bank.own", actor=actor, about=f"bank-line:{line.id}", reason=kind)
    money = Money(amount, line.currency)
    entry = ledger.post(
        [Line(account.code, fund_id, money), Line(against, fund_id, -money)], memo=memo,
        happened_on=periods.book_day(line.day), actor=actor, source=Source(SOURCE, made.id),
    )  # fmt: skip
    made.entry_number = entry.number
    session.flush()
    return made
