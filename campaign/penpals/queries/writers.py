"""Reads of writers: one's own, and the lists of coordinators."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select

from campaign.kernel.db import session
from campaign.penpals.models import LIVE, Assignment, Group, GroupMember, WriterProfile
from campaign.people.models import AT_WORK, Volunteer, VolunteerEvent, VolunteerState
from campaign.prisoners.models import Prisoner

SORTS = {
    "name": (func.lower(Volunteer.pseudonym),),
    "since": (Volunteer.state_since_on, func.lower(Volunteer.pseudonym)),
    "applied": (Volunteer.applied_on, func.lower(Volunteer.pseudonym)),
    "seen": (Volunteer.seen_on, func.lower(Volunteer.pseudonym)),
    "trust": (Volunteer.trust, func.lower(Volunteer.pseudonym)),
}


def find_own(account_id: uuid.UUID) -> tuple[Volunteer, WriterProfile | None] | None:
    """The volunteer behind an account with their profile, or None."""
    statement = (
        select(Volunteer, WriterProfile)
        .outerjoin(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .where(Volunteer.account_id == account_id)
    )
    found = session.execute(statement).one_or_none()
    return None if found is None else (found[0], found[1])


def find_writer(volunteer_id: uuid.UUID) -> tuple[Volunteer, WriterProfile | None] | None:
    """A volunteer with their profile, or None."""
    statement = (
        select(Volunteer, WriterProfile)
        .outerjoin(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .where(Volunteer.id == volunteer_id)
    )
    found = session.execute(statement).one_or_none()
    return None if found is None else (found[0], found[1])


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a list of volunteers is narrowed; empty words narrow nothing."""

    text: str = ""
    state: str = ""
    language: str = ""
    mode: str = ""
    trust: int | None = None
    group: uuid.UUID | None = None
    within: frozenset[uuid.UUID] | None = None
    """Members of these groups alone; None: everybody."""
    is_at_work: bool = False
    """Only those who write now."""
    sort: str = "-since"


def select_volunteers(wanted: Wanted) -> Select[Volunteer, WriterProfile, Any]:
    """Volunteers with profile and how many people they write to. Without a state, all but those who have left."""
    statement = select(Volunteer, WriterProfile, _live().label("live")).outerjoin(
        WriterProfile, WriterProfile.volunteer_id == Volunteer.id
    )
    if wanted.state in set(VolunteerState):
        statement = statement.where(Volunteer.state == wanted.state)
    else:
        statement = statement.where(Volunteer.state != VolunteerState.LEFT)
    if wanted.is_at_work:
        statement = statement.where(Volunteer.state.in_(AT_WORK), WriterProfile.volunteer_id.is_not(None))
    if wanted.text:
        literal = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        statement = statement.where(Volunteer.pseudonym.ilike(f"%{literal}%"))
    if wanted.language:
        statement = statement.where(WriterProfile.languages.contains([wanted.language]))
    if wanted.mode:
        statement = statement.where(WriterProfile.mode == wanted.mode)
    if wanted.trust is not None:
        statement = statement.where(Volunteer.trust == wanted.trust)
    if wanted.group is not None:
        statement = statement.where(Volunteer.id.in_(_members(frozenset({wanted.group}))))
    if wanted.within is not None:
        statement = statement.where(Volunteer.id.in_(_members(wanted.within)))
    columns = SORTS.get(wanted.sort.removeprefix("-"), SORTS["since"])
    descending = wanted.sort.startswith("-")
    first = columns[0].desc().nulls_last() if descending else columns[0].asc().nulls_last()
    return statement.order_by(first, *columns[1:], Volunteer.id)


def count_in(state: VolunteerState) -> int:
    """How many volunteers are in a state."""
    return session.scalar(select(func.count()).select_from(Volunteer).where(Volunteer.state == state)) or 0


def list_way(volunteer_id: uuid.UUID) -> Sequence[VolunteerEvent]:
    """Every step so far, oldest first."""
    statement = select(VolunteerEvent).where(VolunteerEvent.volunteer_id == volunteer_id)
    return session.scalars(statement.order_by(VolunteerEvent.id)).all()


def list_assignments(volunteer_id: uuid.UUID, *, live: bool = True) -> Sequence[tuple[Assignment, Prisoner]]:
    """To whom somebody writes, or (with `live` False) also wrote, newest first."""
    statement = (
        select(Assignment, Prisoner)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .where(Assignment.volunteer_id == volunteer_id)
    )
    if live:
        statement = statement.where(Assignment.state.in_(LIVE))
    rows = session.execute(statement.order_by(Assignment.created_on.desc(), Assignment.id))
    return [(each, prisoner) for each, prisoner in rows]


def list_memberships(volunteer_id: uuid.UUID, *, current: bool = True) -> Sequence[tuple[GroupMember, Group]]:
    """In which groups somebody is, or (with `current` False) also was."""
    statement = (
        select(GroupMember, Group)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.volunteer_id == volunteer_id)
    )
    if current:
        statement = statement.where(GroupMember.left_on.is_(None))
    rows = session.execute(statement.order_by(GroupMember.joined_on, GroupMember.id))
    return [(member, group) for member, group in rows]


def count_live(volunteer_id: uuid.UUID) -> int:
    """To how many people somebody writes, or is asked to."""
    statement = select(func.count()).where(Assignment.volunteer_id == volunteer_id, Assignment.state.in_(LIVE))
    return session.scalar(statement) or 0


def _live() -> ScalarSelect[Any]:
    return (
        select(func.count())
        .where(Assignment.volunteer_id == Volunteer.id, Assignment.state.in_(LIVE))
        .correlate(Volunteer)
        .scalar_subquery()
    )


def _members(groups: frozenset[uuid.UUID]) -> Select[uuid.UUID]:
    return select(GroupMember.volunteer_id).where(GroupMember.group_id.in_(groups), GroupMember.left_on.is_(None))
