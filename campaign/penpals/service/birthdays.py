"""A birthday ahead: told to whoever writes to somebody, early enough for the post. Once a year, naming nobody."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from campaign.accounts.models import Account, AccountState
from campaign.kernel.db import session
from campaign.penpals.models import Assignment, Group, GroupMember, GroupState
from campaign.penpals.queries.birthdays import IS_KNOWN, WRITES, born_between
from campaign.penpals.queries.groups import IS_MEMBER, IS_OF_GROUP
from campaign.penpals.queries.members import WRITING_ROLES
from campaign.penpals.service.assignments.mails import Tidings, owe
from campaign.penpals.smoothing import next_anniversary
from campaign.people.models import Volunteer
from campaign.prisoners.models import Prisoner

EARLIEST, LATEST = timedelta(days=28), timedelta(days=23)
"""A letter takes two to three weeks. The days between are fewer than those for which rows of sent mails are kept (7):
they are how it is known who was told."""


def tell_birthdays(today: date) -> int:
    """Owe the mails of today; gives how many. Safe to run again: once for this assignment, reader and year."""
    told, seen = 0, set()
    for assignment, reader, born_on in [*_of_writers(today), *_of_groups(today)]:
        # Who writes to somebody alone and in a group that has them is told once.
        if born_on is None or (assignment.prisoner_id, reader.id) in seen:
            continue
        seen.add((assignment.prisoner_id, reader.id))
        year = next_anniversary(born_on, today).year
        told += owe(Tidings.BIRTHDAY, assignment, reader, str(year))
    return told


def _of_writers(today: date) -> Iterator[tuple[Assignment, Account, date | None]]:
    statement = (
        select(Assignment, Account, Prisoner.born_on)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .join(Account, Account.id == Volunteer.account_id)
        .where(WRITES, IS_KNOWN, born_between(today + LATEST, today + EARLIEST))
        .where(Account.email_sealed.is_not(None), Account.state == AccountState.ACTIVE)
        .order_by(Assignment.id)
    )
    return ((assignment, reader, born_on) for assignment, reader, born_on in session.execute(statement))


def _of_groups(today: date) -> Iterator[tuple[Assignment, Account, date | None]]:
    statement = (
        select(Assignment, Account, Prisoner.born_on)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .join(Group, Group.id == Assignment.group_id)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .join(Account, Account.id == Volunteer.account_id)
        .where(IS_OF_GROUP, WRITES, IS_KNOWN, born_between(today + LATEST, today + EARLIEST))
        .where(Group.state == GroupState.OPEN, IS_MEMBER, GroupMember.role.in_(WRITING_ROLES))
        .where(Account.email_sealed.is_not(None), Account.state == AccountState.ACTIVE)
        .order_by(Assignment.id, Account.id)
    )
    return ((assignment, reader, born_on) for assignment, reader, born_on in session.execute(statement))
