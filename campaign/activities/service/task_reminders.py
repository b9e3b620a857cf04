"""Mails to whoever holds a task: two days before it is due, and once it is overdue. Each once; nothing of its words."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from campaign.accounts.queries import find_account
from campaign.accounts.service.emails import email_of
from campaign.activities.models import LETTER_KINDS, Task, TaskOffer
from campaign.activities.queries.tasks import SOON
from campaign.activities.service.task_offers import address_of, token_of
from campaign.activities.service.tasks import HELD
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.people.models import SCOPE, Person, Volunteer

SOON_MAIL, OVERDUE_MAIL = "task.soon", "task.overdue"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Told:
    """Where somebody is written to, the path of their page, and in which language."""

    address: str
    path: str
    language: str


def remind(today: date) -> int:
    """Owe the reminders of today; gives how many. Twice does it once."""
    soon = (Task.due_on.between(today, today + SOON), Task.reminded_on.is_(None))
    late = (Task.due_on < today, Task.overdue_told_on.is_(None))
    return _tell(soon, SOON_MAIL, today) + _tell(late, OVERDUE_MAIL, today)


def find_holder(task: Task) -> Told | None:
    """Who is told about a task that somebody has; None where there is no address, or nobody has it any more."""
    if task.state not in HELD:
        return None
    if task.keeper_id is not None:
        return _of_account(task.keeper_id, f"/staff/tasks/{task.id}")
    if task.claimed_by is not None:
        volunteer = session.get_one(Volunteer, task.claimed_by)
        return _of_account(volunteer.account_id, f"/account/tasks/own/{task.id}")
    mine = select(TaskOffer).where(TaskOffer.task_id == task.id, TaskOffer.person_id == task.person_id)
    newest = session.scalar(mine.order_by(TaskOffer.offered_on.desc(), TaskOffer.id).limit(1))
    address = address_of(newest.person_id) if newest is not None else ""
    if newest is None or not address:
        return None
    return Told(address, f"/tasks/own/{token_of(newest)}", session.get_one(Person, newest.person_id).language)


def _of_account(account_id: uuid.UUID | None, path: str) -> Told | None:
    account = find_account(account_id) if account_id is not None else None
    address = email_of(account) if account is not None else ""
    return Told(address, path, account.language) if account is not None and address else None


def _tell(due: tuple[ColumnElement[bool], ...], kind: str, today: date) -> int:
    is_held = or_(Task.keeper_id.is_not(None), Task.claimed_by.is_not(None), Task.person_id.is_not(None))
    statement = select(Task).where(Task.state.in_(HELD), Task.kind.not_in(LETTER_KINDS), is_held, *due).limit(BATCH)
    found = session.scalars(statement.with_for_update(skip_locked=True)).all()
    if found:
        keyring.ensure(SCOPE)
    told = 0
    for task in found:
        if kind == SOON_MAIL:
            task.reminded_on = today
        else:
            task.overdue_told_on = today
        holder = find_holder(task)
        if holder is None:
            continue
        # Of one holder and one due day: whoever takes it later, or until another day, is told anew.
        parts = (task.id.bytes, str(task.due_on).encode(), str(task.claimed_by or task.keeper_id or "").encode())
        key = dedupe_key(SCOPE, kind, *parts)
        told += queue_mail(kind, lane=Lane.LETTERS, language=holder.language, dedupe=key, ref=task.id)
    session.flush()
    return told
