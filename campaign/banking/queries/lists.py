"""Statements and lines as the lists show them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from campaign.banking.models import (
    BankLine,
    BankLineEvent,
    BankMatch,
    BankReadLine,
    BankStatement,
    BankSuggestion,
    LineState,
    StatementState,
)
from campaign.funds.models import AccountKind, LedgerAccount
from campaign.kernel.db import session

TO_DO = "to_do"
TO_LOOK = "to_look"
"""What one person alone said of money that went out."""
STATES = (TO_DO, TO_LOOK, *LineState)
SORTS: Mapping[str, ColumnElement[object]] = {
    "day": BankLine.__table__.c.day, "amount": BankLine.__table__.c.open_amount,
    "score": func.coalesce(BankLine.__table__.c.best_score, -1),
}  # fmt: skip
DEFAULT_SORT = "day"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the list of lines, and its order."""

    state: str = TO_DO
    account: str = ""
    way: str = ""
    """in or out."""
    fit: str = ""
    """certain, some or none."""
    since: date | None = None
    until: date | None = None
    code: str = ""
    minor: int | None = None
    """The amount, whatever its sign."""
    statement_id: uuid.UUID | None = None
    sort: str = DEFAULT_SORT


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of one account stands for nothing yet."""

    account: str
    currency: str
    lines: int
    came_in: int
    went_out: int
    oldest: date


def statements() -> Select[BankStatement]:
    """All that came in, newest first."""
    return (
        select(BankStatement)
        .where(BankStatement.state != StatementState.RECEIVING)
        .order_by(BankStatement.made_at.desc(), BankStatement.id)
    )


def read_lines(statement_id: uuid.UUID) -> Select[BankReadLine]:
    """What was read of a statement and is not kept yet, in the order of the file."""
    return select(BankReadLine).where(BankReadLine.statement_id == statement_id).order_by(BankReadLine.number)


def lines(wanted: Wanted) -> Select[BankLine]:
    """Lines that fit, in the order that is asked for."""
    column, is_down = _order(wanted.sort)
    ordered = (column.desc(), BankLine.id.desc()) if is_down else (column, BankLine.id)
    return select(BankLine).where(*_narrowed(wanted)).order_by(*ordered)


def next_line(wanted: Wanted, line: BankLine) -> uuid.UUID | None:
    """Which comes behind `line` in that list, whether or not `line` is in it; at its end the first; None: no other."""
    column, is_down = _order(wanted.sort)
    value = {"day": line.day, "amount": line.open_amount}.get(wanted.sort.lstrip("-"), line.best_score)
    value = -1 if value is None else value
    behind = (
        or_(column < value, and_(column == value, BankLine.id < line.id)) if is_down
        else or_(column > value, and_(column == value, BankLine.id > line.id))
    )  # fmt: skip
    others = lines(wanted).with_only_columns(BankLine.id).where(BankLine.id != line.id).limit(1)
    found: uuid.UUID | None = session.scalar(others.where(behind)) or session.scalar(others)
    return found


def count_to_do() -> int:
    """How many lines wait for somebody."""
    return session.scalar(select(func.count()).where(BankLine.state == LineState.OPEN)) or 0


def count_to_look(actor: uuid.UUID) -> int:
    """How many lines wait for a second look, but for those that were settled by this person."""
    mine = BankLine.settled_by.is_not_distinct_from(actor)
    return session.scalar(select(func.count()).where(BankLine.awaits_look, ~mine)) or 0


def waiting_by_account() -> Sequence[Waiting]:
    """What stands for nothing yet, by account and currency, with the day of the oldest."""
    came = func.sum(func.greatest(BankLine.open_amount, 0))
    went = func.sum(-func.least(BankLine.open_amount, 0))
    statement = (
        select(LedgerAccount.code, BankLine.currency, func.count(), came, went, func.min(BankLine.day))
        .join(LedgerAccount, LedgerAccount.id == BankLine.account_id)
        .where(BankLine.state.in_((LineState.OPEN, LineState.ON_HOLD)))
        .group_by(LedgerAccount.code, BankLine.currency)
        .order_by(LedgerAccount.code, BankLine.currency)
    )
    return [Waiting(code, currency, count, int(one), int(other), day)
            for code, currency, count, one, other, day in session.execute(statement)]  # fmt: skip


def accounts_by_id() -> Mapping[int, LedgerAccount]:
    """The accounts of ours where money lies."""
    found = select(LedgerAccount).where(LedgerAccount.kind == AccountKind.ASSETS).order_by(LedgerAccount.code)
    return {each.id: each for each in session.scalars(found)}


def matches_of(line_id: uuid.UUID) -> Sequence[BankMatch]:
    """What a line was said to be, those that were undone too, oldest first."""
    return session.scalars(
        select(BankMatch).where(BankMatch.line_id == line_id).order_by(BankMatch.made_at, BankMatch.id)
    ).all()


def events_of(line_id: uuid.UUID) -> Sequence[BankLineEvent]:
    """What happened to a line, oldest first."""
    return session.scalars(
        select(BankLineEvent).where(BankLineEvent.line_id == line_id).order_by(BankLineEvent.id)
    ).all()  # fmt: skip


def best_of(line_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, BankSuggestion]:
    """The best suggestion of each, as it was found last."""
    statement = (
        select(BankSuggestion)
        .where(BankSuggestion.line_id.in_(line_ids))
        .order_by(BankSuggestion.score, BankSuggestion.candidate_id.desc())
    )
    return {each.line_id: each for each in session.scalars(statement)}


def _order(sort: str) -> tuple[ColumnElement[object], bool]:
    return SORTS.get(sort.lstrip("-"), SORTS[DEFAULT_SORT]), sort.startswith("-")


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state == TO_DO:
        found.append(BankLine.state == LineState.OPEN)
    elif wanted.state == TO_LOOK:
        found.append(BankLine.awaits_look.is_(True))
    elif wanted.state in set(LineState):
        found.append(BankLine.state == wanted.state)
    if wanted.account:
        account = select(LedgerAccount.id).where(LedgerAccount.code == wanted.account).scalar_subquery()
        found.append(BankLine.account_id == account)
    if wanted.way in {"in", "out"}:
        found.append(BankLine.amount > 0 if wanted.way == "in" else BankLine.amount < 0)
    if wanted.fit:
        found.append({"certain": BankLine.best_score >= 85, "none": BankLine.best_score.is_(None)}.get(
            wanted.fit, BankLine.best_score.is_not(None)))  # fmt: skip
    if wanted.since is not None:
        found.append(BankLine.day >= wanted.since)
    if wanted.until is not None:
        found.append(BankLine.day <= wanted.until)
    if wanted.code:
        found.append(BankLine.codes.contains([wanted.code]))
    if wanted.minor is not None:
        found.append(or_(BankLine.amount == wanted.minor, BankLine.amount == -wanted.minor))
    if wanted.statement_id is not None:
        found.append(BankLine.statement_id == wanted.statement_id)
    return found
