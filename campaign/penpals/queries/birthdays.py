"""Birthdays ahead of those whom somebody writes to; only days that are public."""

import uuid
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, extract, select, tuple_

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import Assignment, AssignmentState, Group, GroupMember, GroupState, Health
from campaign.penpals.queries.groups import IS_MEMBER, IS_OF_GROUP
from campaign.penpals.smoothing import next_anniversary
from campaign.people.models import Volunteer
from campaign.prisoners.models import Precision, Prisoner, PrisonerState, Publicity
from campaign.prisoners.queries.public_cards import names_for

SHOWN_DAYS = 35
WRITES = and_(
    Assignment.state.in_([AssignmentState.ACCEPTED, AssignmentState.ACTIVE]),
    Assignment.held_since_on.is_(None), Assignment.health != Health.LAPSED,
)  # fmt: skip
"""A letter can go now, and is theirs to write."""
IS_KNOWN = and_(
    Prisoner.state == PrisonerState.PUBLISHED, Prisoner.publicity == Publicity.PUBLIC,
    Prisoner.born_precision == Precision.DAY,
)  # fmt: skip


class Ahead(NamedTuple):
    """A birthday of somebody a group writes to."""

    name: str
    slug: str
    day: date


def birthday_ahead(person: Prisoner) -> date | None:
    """Their next birthday, where it is public and near enough to write for."""
    is_known = person.state == PrisonerState.PUBLISHED and person.publicity == Publicity.PUBLIC
    if not is_known or person.born_on is None or person.born_precision != Precision.DAY:
        return None
    day = next_anniversary(person.born_on, clock.today())
    return day if day <= clock.today() + timedelta(days=SHOWN_DAYS) else None


def list_of_groups(account_id: uuid.UUID, language: str) -> list[Ahead]:
    """Birthdays ahead in the groups that somebody belongs to, soonest first."""
    today = clock.today()
    statement = (
        select(Prisoner)
        .join(Assignment, Assignment.prisoner_id == Prisoner.id)
        .join(Group, Group.id == Assignment.group_id)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .where(Volunteer.account_id == account_id, IS_MEMBER, IS_OF_GROUP, Group.state == GroupState.OPEN)
        .where(WRITES, IS_KNOWN, born_between(today, today + timedelta(days=SHOWN_DAYS)))
    )
    found = [
        Ahead(names_for(language, person)[0], person.slug, next_anniversary(person.born_on, today))
        for person in session.scalars(statement).unique()
        if person.born_on is not None
    ]
    return sorted(found, key=lambda each: (each.day, each.name))


def born_between(first: date, last: date) -> ColumnElement[bool]:
    """Whether somebody's (of Prisoner) birthday lies in these days, both included, as `next_anniversary` reads it."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    pairs: set[tuple[int, int]] = {(day.month, day.day) for day in days}
    if any((day.month, day.day) == (3, 1) and not _is_leap(day.year) for day in days):
        pairs.add((2, 29))
    born: Any = tuple_(extract("month", Prisoner.born_on), extract("day", Prisoner.born_on))
    return and_(Prisoner.born_on.is_not(None), born.in_(sorted(pairs)))


def _is_leap(year: int) -> bool:
    return (date(year, 3, 1) - timedelta(days=1)).day == 29
