"""What of statements goes by itself: what lines say of people, and files that nobody decided on."""

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import case, delete, func, literal, or_, select, update

from campaign.banking.models import SETTLED, BankLine, BankStatement, StatementState
from campaign.banking.service.statements import forget_file
from campaign.kernel.db import session

MONTHS = 6
SAID_DAYS = 184
"""As many days as six months have at most."""
OLDEST_DAYS = 366
"""Of a line's own day, whatever became of it: what waits for ever would be kept for ever."""
FILE_DAYS = 30
AT_ONCE = 5_000
_UNFINISHED = (StatementState.COLUMNS, StatementState.READING, StatementState.READ, StatementState.KEEPING)


def erase_said(day: date) -> int:
    """Erase who, account, text and the line as it came, and the note, of lines reconciled six months ago or a year
    old; gives how many. Those that are still to do keep the references in them, by which they can be matched.
    """
    due = (
        select(BankLine.id)
        .where(
            or_(BankLine.settled_on <= day - timedelta(days=SAID_DAYS), BankLine.day <= day - timedelta(OLDEST_DAYS)),
            or_(BankLine.said_sealed.is_not(None), BankLine.note_sealed.is_not(None)),
        )
        .limit(AT_ONCE)
    )
    codes = case((BankLine.state.in_(SETTLED), literal([], BankLine.codes.type)), else_=BankLine.codes)
    total = 0
    while True:
        gone = session.execute(
            update(BankLine)
            .where(BankLine.id.in_(due))
            .values(said_sealed=None, note_sealed=None, codes=codes)
            .returning(BankLine.id)
        ).all()
        total += len(gone)
        if len(gone) < AT_ONCE:
            return total


def forget_said(line_ids: Collection[uuid.UUID]) -> None:
    """Erase what these lines say of people, at once: whom they are from wants to be erased. Twice is once."""
    ids = sorted(line_ids)
    for at in range(0, len(ids), AT_ONCE):
        session.execute(
            update(BankLine)
            .where(BankLine.id.in_(ids[at : at + AT_ONCE]))
            .values(said_sealed=None, note_sealed=None)
            .execution_options(synchronize_session="fetch")
        )


def erase_files(day: date) -> int:
    """Erase files that never came whole, after a day, and those that nobody decided on or that no job ever got
    through, after thirty; such a file may come in again, and what was kept of it is known then.
    """
    halves = delete(BankStatement).where(
        BankStatement.state == StatementState.RECEIVING, BankStatement.made_at < day - timedelta(days=1)
    )
    amount = len(session.execute(halves.returning(BankStatement.id)).all())
    waiting = select(BankStatement).where(
        BankStatement.state.in_(_UNFINISHED),
        func.coalesce(BankStatement.kept_at, BankStatement.made_at) < day - timedelta(days=FILE_DAYS),
    )
    for each in session.scalars(waiting.with_for_update(skip_locked=True)).all():
        each.state, each.kept_at = StatementState.GIVEN_UP, None
        forget_file(each, StatementState.GIVEN_UP)
        amount += 1
    return amount
