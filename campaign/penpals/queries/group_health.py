"""How groups are doing: read as it is now, since what is wrong is put right the same day."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select, union

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import (
    Assignment,
    AssignmentEvent,
    Group,
    GroupInvitation,
    GroupMember,
    GroupState,
    GroupTurn,
    Mark,
    MemberRole,
    TurnState,
)
from campaign.penpals.models.groups import LEAST_LEADS
from campaign.penpals.queries.groups import IS_MEMBER, Within, figures_of
from campaign.people.models import AT_WORK, Volunteer

DAYS = 60
MANY_OVERDUE = 3


class Level(IntEnum):
    """How pressing it is; the most pressing is greatest."""

    FINE = 0
    WATCH = 1
    ACT = 2


class Trouble(StrEnum):
    """What can be wrong with a group."""

    EMPTY = "empty"
    LEADS = "leads"
    NO_LETTERS = "no_letters"
    OVERDUE = "overdue"
    SILENT = "silent"
    NOBODY_TO_WRITE_TO = "nobody_to_write_to"


@dataclass(frozen=True, slots=True)
class GroupHealth:
    """One open group."""

    group: Group
    members: int
    leads: int
    """Those at work: who rests or is away leads nobody now."""
    prisoners: int
    overdue: int
    letters: int
    """Different days on which somebody wrote to somebody, in DAYS."""
    wrote: int
    """Members who wrote in DAYS."""
    silent: int
    """Members who neither wrote nor were here in DAYS."""
    invited: int
    """Links into the group that nobody has used yet."""

    @property
    def troubles(self) -> list[tuple[Level, Trouble]]:
        """What is wrong, the most pressing first."""
        if not self.members:
            return [(Level.ACT, Trouble.EMPTY)]
        found = []
        if self.leads < LEAST_LEADS:
            found.append((Level.ACT, Trouble.LEADS))
        if self.prisoners and not self.letters:
            found.append((Level.ACT, Trouble.NO_LETTERS))
        if self.overdue:
            found.append((Level.ACT if self.overdue >= MANY_OVERDUE else Level.WATCH, Trouble.OVERDUE))
        if self.silent * 2 >= self.members:
            found.append((Level.WATCH, Trouble.SILENT))
        if not self.prisoners:
            found.append((Level.WATCH, Trouble.NOBODY_TO_WRITE_TO))
        return sorted(found, key=lambda pair: -pair[0])

    @property
    def level(self) -> Level:
        """The most pressing of it."""
        return max((level for level, _trouble in self.troubles), default=Level.FINE)


def list_health(within: Within, today: date, language: str) -> list[GroupHealth]:
    """The open groups that one works on, those that need something first, then by name."""
    statement = select(Group).where(Group.state == GroupState.OPEN)
    if within is not None:
        statement = statement.where(Group.id.in_(within))
    groups = session.scalars(statement).all()
    ids = [group.id for group in groups]
    figures, leads, invited = figures_of(ids, today), _leads(ids), _invited(ids)
    wrote = _wrote(ids, today - timedelta(days=DAYS))
    letters, writers, silent = _letters(wrote), _writers(wrote), _silent(ids, wrote, today - timedelta(days=DAYS))
    found = [
        GroupHealth(
            group, figures[group.id].members, leads.get(group.id, 0), figures[group.id].prisoners,
            figures[group.id].overdue, letters.get(group.id, 0), writers.get(group.id, 0), silent.get(group.id, 0),
            invited.get(group.id, 0),
        )
        for group in groups
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.level, each.group.name_in(language).casefold()))


def _leads(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    return _by_group(
        select(GroupMember.group_id, func.count())
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .where(
            GroupMember.group_id.in_(ids), IS_MEMBER, GroupMember.role == MemberRole.LEAD, Volunteer.state.in_(AT_WORK)
        )
        .group_by(GroupMember.group_id)
    )  # fmt: skip


def _invited(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    return _by_group(
        select(GroupInvitation.group_id, func.count())
        .where(
            GroupInvitation.group_id.in_(ids), GroupInvitation.used_on.is_(None), GroupInvitation.revoked_on.is_(None),
            GroupInvitation.expires_at > clock.now(),
        )
        .group_by(GroupInvitation.group_id)
    )  # fmt: skip


def _wrote(ids: Sequence[uuid.UUID], since: date) -> Any:
    """Group, writer, prisoner and day of each letter, from whichever place tells of it: a turn that was written, what a
    writer of the group noted, and the last letter of each pair. What is told twice of one day is one."""
    mine = Assignment.group_id.in_(ids)
    columns = (Assignment.group_id, Assignment.prisoner_id)
    turns = (
        select(*columns, GroupTurn.volunteer_id, GroupTurn.done_on)
        .join(GroupTurn, GroupTurn.assignment_id == Assignment.id)
        .where(mine, GroupTurn.state == TurnState.WRITTEN, GroupTurn.done_on > since)
    )
    noted = (
        select(*columns, Assignment.volunteer_id, AssignmentEvent.happened_on)
        .join(AssignmentEvent, AssignmentEvent.assignment_id == Assignment.id)
        .where(
            mine, Assignment.volunteer_id.is_not(None), AssignmentEvent.happened_on > since,
            AssignmentEvent.reason.startswith(f"{Mark.LETTER} "),
        )
    )  # fmt: skip
    last = select(*columns, Assignment.volunteer_id, Assignment.last_letter_on).where(
        mine, Assignment.volunteer_id.is_not(None), Assignment.last_letter_on > since
    )
    return union(turns, noted, last).subquery("wrote")


def _letters(wrote: Any) -> Mapping[uuid.UUID, int]:
    return _by_group(select(wrote.c.group_id, func.count()).group_by(wrote.c.group_id))


def _writers(wrote: Any) -> Mapping[uuid.UUID, int]:
    """Of those who belong to the group now."""
    return _by_group(
        select(GroupMember.group_id, func.count(GroupMember.volunteer_id.distinct()))
        .join(wrote, (wrote.c.group_id == GroupMember.group_id) & (wrote.c.volunteer_id == GroupMember.volunteer_id))
        .where(IS_MEMBER)
        .group_by(GroupMember.group_id)
    )


def _silent(ids: Sequence[uuid.UUID], wrote: Any, since: date) -> Mapping[uuid.UUID, int]:
    writing = select(wrote.c.volunteer_id).where(wrote.c.group_id == GroupMember.group_id)
    return _by_group(
        select(GroupMember.group_id, func.count())
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .where(
            GroupMember.group_id.in_(ids), IS_MEMBER, GroupMember.joined_on <= since,
            or_(Volunteer.seen_on.is_(None), Volunteer.seen_on <= since), Volunteer.id.not_in(writing),
        )
        .group_by(GroupMember.group_id)
    )  # fmt: skip


def _by_group(statement: Select[*tuple[Any, ...]]) -> dict[uuid.UUID, int]:
    rows: Sequence[Any] = session.execute(statement).all()
    return dict(rows)
