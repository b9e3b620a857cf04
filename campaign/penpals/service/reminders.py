"""Reminders of turns, by mail: three days before and on the day, and to the leads of what is late. Each once, naming
nobody."""

import uuid
from datetime import date, timedelta

from sqlalchemy import or_, select

from campaign.accounts.models import Account
from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.penpals.models import Assignment, Group, GroupState, GroupTurn, TurnState
from campaign.penpals.models.groups import SCOPE
from campaign.penpals.service.assignments.mails import tell_leads
from campaign.people.models import Volunteer

TURN = "group.turn"
DAYS_BEFORE = timedelta(days=3)
TOO_LATE = timedelta(days=14)
"""After a long outage nobody is reminded of what is past."""
LEADS_AFTER = timedelta(days=3)
LEADS_UNTIL = timedelta(days=9)
"""Within less time than rows of sent mails are kept (7 days): they are how it is known who was told."""


def queue_reminders(today: date) -> int:
    """Owe the reminders of today; gives how many. Whoever has no address sees the turn on their page alone."""
    statement = (
        select(GroupTurn, Account)
        .join(Assignment, Assignment.id == GroupTurn.assignment_id)
        .join(Group, Group.id == Assignment.group_id)
        .join(Volunteer, Volunteer.id == GroupTurn.volunteer_id)
        .join(Account, Account.id == Volunteer.account_id)
        .where(
            GroupTurn.state == TurnState.SCHEDULED,
            Group.state == GroupState.OPEN,
            GroupTurn.due_on.between(today - TOO_LATE, today + DAYS_BEFORE),
            or_(
                GroupTurn.reminded_on.is_(None),
                (GroupTurn.due_on <= today) & (GroupTurn.reminded_on < GroupTurn.due_on),
            ),
        )
        .order_by(GroupTurn.id)
        .with_for_update(of=GroupTurn, skip_locked=True)
    )
    rows = session.execute(statement.execution_options(populate_existing=True)).all()
    return sum(_owe(turn, account, today) for turn, account in rows)


def tell_overdue(today: date) -> int:
    """Owe the leads a word about each letter that has been overdue for three days; gives how many mails."""
    statement = (
        select(GroupTurn, Assignment)
        .join(Assignment, Assignment.id == GroupTurn.assignment_id)
        .join(Group, Group.id == Assignment.group_id)
        .where(
            GroupTurn.state == TurnState.SCHEDULED, Group.state == GroupState.OPEN,
            GroupTurn.due_on.between(today - LEADS_UNTIL, today - LEADS_AFTER),
        )
        .order_by(GroupTurn.id)
    )  # fmt: skip
    return sum(tell_leads(assignment, turn=f"overdue {turn.id}") for turn, assignment in session.execute(statement))


def find_waiting_turn(turn_id: uuid.UUID) -> tuple[GroupTurn, Account] | None:
    """The turn that a mail is about and whose account it goes to; None once the turn is over."""
    statement = (
        select(GroupTurn, Account)
        .join(Volunteer, Volunteer.id == GroupTurn.volunteer_id)
        .join(Account, Account.id == Volunteer.account_id)
        .where(GroupTurn.id == turn_id, GroupTurn.state == TurnState.SCHEDULED)
    )
    row = session.execute(statement).one_or_none()
    return (row[0], row[1]) if row is not None else None


def _owe(turn: GroupTurn, account: Account, today: date) -> bool:
    turn.reminded_on = clock.today()
    session.flush()
    if account.email_sealed is None or not account.is_active:
        return False
    keyring.ensure(SCOPE)
    word = b"due" if turn.due_on <= today else b"before"
    mark = dedupe_key(SCOPE, TURN, turn.id.bytes, word)
    return queue_mail(TURN, lane=Lane.LETTERS, language=account.language, dedupe=mark, ref=turn.id)
