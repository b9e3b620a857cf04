"""Saying what a line is: a gift or a payment takes all or a part of it, and gives it back.

The line is locked first, what is said of it written down, and the taker called last, since it posts (docs/funds.md).
"""

import uuid

from sqlalchemy import select

from campaign.banking.models import BankLine, BankMatch, LineState
from campaign.banking.queries import facts_of
from campaign.banking.service.lines import SOMEBODY_ELSE, lock_line, move
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_money import LineTaker, line_takers


class BadMatch(DomainError):
    """So much of the line cannot be this."""


def match(
    line_id: uuid.UUID, kind: str, candidate_id: uuid.UUID, amount: Money, actor: uuid.UUID | None, *,
    version: int | None = None,
) -> BankMatch:  # fmt: skip
    """Say that so much of a line is this gift or this payment, and let its feature post it; in the open transaction.

    `amount` has the sign and the currency of the line. `version` is that of the line which somebody saw. Raises
    NotFound, BadMatch for more than is open, Conflict for a line that is done with, and whatever the taker raises.
    """
    taker, line = _taker(kind), lock_line(line_id, version)
    check_open(line)
    _check_amount(line, amount)
    twice = select(BankMatch.id).where(
        BankMatch.line_id == line_id, BankMatch.kind == kind, BankMatch.candidate_id == candidate_id,
        BankMatch.undone_at.is_(None),
    )  # fmt: skip
    if session.scalar(twice) is not None:
        raise Conflict(N_("This line stands for that already. To change the amount, undo it first."))
    facts = facts_of(line_id)
    made = BankMatch(
        id=uuid.uuid4(), line_id=line_id, kind=kind, candidate_id=candidate_id, amount=amount.minor, made_by=actor,
        made_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    _take_from(line, amount, actor)
    taker.take(candidate_id, amount, facts, actor=actor)
    # Behind what can be refused: of many in one transaction, what is taken back alone leaves no trace.
    audit.record("bank.match", actor=actor, about=f"bank-line:{line_id}", reason=kind)
    return made


def undo_match(match_id: uuid.UUID, actor: uuid.UUID, *, version: int | None = None) -> BankMatch:
    """Take back that a line is this; its feature reverses what it posted. Raises NotFound, Conflict, DomainError."""
    known = session.get(BankMatch, match_id)
    if known is None:
        raise NotFound
    line = lock_line(known.line_id, version)
    found = session.get_one(BankMatch, match_id, with_for_update=True, populate_existing=True)
    if found.undone_at is not None:
        raise Conflict(SOMEBODY_ELSE)
    found.undone_at, found.undone_by = clock.now(), actor
    line.open_amount += found.amount
    move(line, "undone", LineState.OPEN, actor=actor, amount=found.amount)
    _taker(found.kind).give_back(found.candidate_id, line.id, actor=actor)
    audit.record("bank.undo", actor=actor, about=f"bank-line:{line.id}", reason=found.kind)
    return found


def check_open(line: BankLine) -> None:
    """Raise Conflict for a line that is done with."""
    if line.state not in {LineState.OPEN, LineState.ON_HOLD} or line.open_amount == 0:
        raise Conflict(N_("This line is done with already. Nothing was done twice."))


def _take_from(line: BankLine, amount: Money, actor: uuid.UUID | None) -> None:
    line.open_amount -= amount.minor
    to = LineState.MATCHED if line.open_amount == 0 else LineState.OPEN
    move(line, "matched", to, actor=actor, amount=amount.minor)


def _check_amount(line: BankLine, amount: Money) -> None:
    if amount.currency != line.currency:
        raise BadMatch(N_("This line is in another currency."))
    if amount.minor == 0 or (amount.minor > 0) != (line.amount > 0):
        raise BadMatch(N_("What came in stands for what was given, and what went out for what was paid."))
    if abs(amount.minor) > abs(line.open_amount):
        raise BadMatch(N_("So much of this line is not open any more."))


def _taker(kind: str) -> LineTaker:
    if kind not in line_takers:
        raise NotFound
    return line_takers[kind]
