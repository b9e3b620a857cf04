"""Reads of who belongs to a group, and of the links into it."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, case, func, select, union_all

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.penpals.models import LIVE, Assignment, Group, GroupInvitation, GroupMember, MemberRole, WriterProfile
from campaign.penpals.queries.groups import IS_MEMBER
from campaign.people.models import AT_WORK, Person, Volunteer

WRITING_ROLES = (MemberRole.LEAD, MemberRole.MODERATOR, MemberRole.WRITER)
"""Who takes turns; an observer reads."""
RANKS = case({role.value: rank for rank, role in enumerate(MemberRole)}, value=GroupMember.role, else_=9)


class Member(NamedTuple):
    """Somebody who belongs to a group now."""

    id: uuid.UUID
    volunteer_id: uuid.UUID
    pseudonym: str
    role: str
    state: str
    """Of the volunteer."""
    joined_on: date

    @property
    def takes_turns(self) -> bool:
        """Whether turns come to them."""
        return self.role in WRITING_ROLES and self.state in AT_WORK


def find_volunteer(account_id: uuid.UUID) -> Volunteer | None:
    """The volunteer behind an account."""
    return session.scalar(select(Volunteer).where(Volunteer.account_id == account_id))


def get_membership(slug: str, account_id: uuid.UUID) -> tuple[Group, GroupMember]:
    """A group and one's own place in it; NotFound for whoever does not belong to it, or no longer."""
    row = session.execute(
        select(Group, GroupMember)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .where(Group.slug == slug, Volunteer.account_id == account_id, IS_MEMBER)
    ).one_or_none() if "\x00" not in slug else None  # fmt: skip
    if row is None:
        raise NotFound
    return row[0], row[1]


def list_memberships(account_id: uuid.UUID) -> list[tuple[Group, GroupMember]]:
    """The groups somebody belongs to."""
    rows = session.execute(
        select(Group, GroupMember)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .where(Volunteer.account_id == account_id, IS_MEMBER)
        .order_by(Group.slug)
    )
    return [(group, member) for group, member in rows]


def list_members(group_id: uuid.UUID) -> list[Member]:
    """Everybody who belongs to a group now, leads first."""
    rows = session.execute(
        select(
            GroupMember.id, GroupMember.volunteer_id, Volunteer.pseudonym, GroupMember.role, Volunteer.state,
            GroupMember.joined_on,
        )
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .where(GroupMember.group_id == group_id, IS_MEMBER)
        .order_by(RANKS, func.lower(Volunteer.pseudonym), GroupMember.id)
    )  # fmt: skip
    return [Member(*row) for row in rows]


def find_candidates(group_id: uuid.UUID, search: str, *, limit: int = 12) -> Sequence[Volunteer]:
    """Volunteers at work who do not belong to the group and whose pseudonym has what was typed."""
    belongs = select(GroupMember.volunteer_id).where(GroupMember.group_id == group_id, IS_MEMBER)
    statement = (
        select(Volunteer)
        .where(
            Volunteer.pseudonym.icontains(search, autoescape=True), Volunteer.state.in_(AT_WORK),
            Volunteer.id.not_in(belongs),
        )
        .order_by(func.lower(Volunteer.pseudonym), Volunteer.id)
    )  # fmt: skip
    return session.scalars(statement.limit(limit)).all() if search else []


def list_invitations(group_id: uuid.UUID) -> Sequence[GroupInvitation]:
    """The links into a group that can still be used, the newest first."""
    statement = select(GroupInvitation).where(
        GroupInvitation.group_id == group_id, GroupInvitation.used_on.is_(None), GroupInvitation.revoked_on.is_(None),
        GroupInvitation.expires_at > clock.now(),
    )  # fmt: skip
    return session.scalars(statement.order_by(GroupInvitation.expires_at.desc())).all()


def people_of_groups(groups: frozenset[uuid.UUID]) -> Select[uuid.UUID]:
    """The records of people who belong to one of these groups now; who left is seen no more from that moment on."""
    return (
        select(Person.id)
        .join(Volunteer, Volunteer.person_id == Person.id)
        .join(GroupMember, GroupMember.volunteer_id == Volunteer.id)
        .where(GroupMember.group_id.in_(groups), IS_MEMBER)
    )


def days_of_joining(*, leads: bool) -> Select[Any, Any]:
    """People who belong to a group now, or lead one, and the days on which they came to it."""
    statement: Select[Any, Any] = (
        select(Volunteer.person_id, GroupMember.joined_on)
        .join(GroupMember, GroupMember.volunteer_id == Volunteer.id)
        .where(IS_MEMBER, Volunteer.person_id.is_not(None))
    )
    return statement.where(GroupMember.role == MemberRole.LEAD) if leads else statement


def days_of_taking_part() -> Select[Any, Any]:
    """People and the days on which they joined a group or took on somebody to write to."""
    taken_on = (
        select(Volunteer.person_id, Assignment.accepted_on)
        .join(Assignment, Assignment.volunteer_id == Volunteer.id)
        .where(Assignment.accepted_on.is_not(None), Volunteer.person_id.is_not(None))
    )
    joined = (
        select(Volunteer.person_id, GroupMember.joined_on)
        .join(GroupMember, GroupMember.volunteer_id == Volunteer.id)
        .where(Volunteer.person_id.is_not(None))
    )
    every = union_all(joined, taken_on).subquery()
    return select(every.c[0], every.c[1])


def people_who_pause(today: date) -> Select[Any]:
    """People who write to nobody until a day that has not come."""
    return (
        select(Volunteer.person_id)
        .join(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .where(WriterProfile.paused_until >= today, Volunteer.person_id.is_not(None))
    )


def people_who_are_full() -> Select[Any]:
    """People who write to as many as they said they could, or to more."""
    live = (
        select(Assignment.volunteer_id, func.count().label("amount"))
        .where(Assignment.state.in_(LIVE), Assignment.volunteer_id.is_not(None))
        .group_by(Assignment.volunteer_id)
        .subquery()
    )
    return (
        select(Volunteer.person_id)
        .join(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .join(live, live.c.volunteer_id == Volunteer.id)
        .where(WriterProfile.capacity > 0, live.c.amount >= WriterProfile.capacity, Volunteer.person_id.is_not(None))
    )


def people_with_prisoner() -> Select[uuid.UUID]:
    """The records of people who have somebody to write to, on their own or within a group."""
    found: Select[Any] = (
        select(Volunteer.person_id)
        .join(Assignment, Assignment.volunteer_id == Volunteer.id)
        .where(Assignment.state.in_(LIVE), Volunteer.person_id.is_not(None))
    )
    return found


def days_of_coming_in(group_id: uuid.UUID | None, since: date) -> Select[uuid.UUID, date]:
    """Whose records joined a group, or any, on which day since then; who has left it again is left out."""
    found = (
        select(Volunteer.person_id, GroupMember.joined_on)
        .join(GroupMember, GroupMember.volunteer_id == Volunteer.id)
        .where(GroupMember.joined_on >= since, GroupMember.left_on.is_(None), Volunteer.person_id.is_not(None))
    )
    found = found if group_id is None else found.where(GroupMember.group_id == group_id)
    return cast("Select[uuid.UUID, date]", found)
