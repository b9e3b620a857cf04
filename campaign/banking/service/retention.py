"""What of statements goes by itself: what lines say of people, and files that nobody decided on."""

from datetime import date, timedelta

from sqlalchemy import delete, or_, select, update

from campaign.banking.models import BankLine, BankStatement, StatementState
from campaign.banking.service.statements import forget_file
from campaign.kernel.db import session

MONTHS = 6
SAID_DAYS = 184
"""As many days as six months have at most."""
FILE_DAYS = 30
AT_ONCE = 5_000


def erase_said(day: date) -> int:
    """Erase who, account, text and the line as it came of lines reconciled six months ago; gives how many."""
    due = (
        select(BankLine.id)
        .where(
            BankLine.settled_on <= day - timedelta(days=SAID_DAYS),
            or_(BankLine.said_sealed.is_not(None), BankLine.note_sealed.is_not(None)),
        )
        .limit(AT_ONCE)
    )
    total = 0
    while True:
        gone = session.execute(
            update(BankLine)
            .where(BankLine.id.in_(due))
            .values(said_sealed=None, note_sealed=None, codes=[])
            .returning(BankLine.id)
        ).all()
        total += len(gone)
        if len(gone) < AT_ONCE:
            return total


def erase_files(day: date) -> int:
    """Erase files that never came whole, after a day, and those that nobody decided on, after thirty."""
    halves = delete(BankStatement).where(
        BankStatement.state == StatementState.RECEIVING, BankStatement.made_at < day - timedelta(days=1)
    )
    amount = len(session.execute(halves.returning(BankStatement.id)).all())
    waiting = select(BankStatement).where(
        BankStatement.state.in_((StatementState.COLUMNS, StatementState.READ)),
        BankStatement.made_at < day - timedelta(days=FILE_DAYS),
    )
    for each in session.scalars(waiting.with_for_update(skip_locked=True)).all():
        forget_file(each, StatementState.GIVEN_UP)
        amount += 1
    return amount
