"""How two stand to each other now, who were brought together some time ago: what keeps one line from being accepted."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select

from campaign.kernel.db import session
from campaign.penpals.models import (
    LIVE,
    Assignment,
    Group,
    GroupMember,
    GroupState,
    MatchProposal,
    PairBlock,
    WriterProfile,
)
from campaign.penpals.queries.addressees import find_most_writers
from campaign.penpals.queries.succession import HOLDS_PLACE
from campaign.people.models import Volunteer, VolunteerState
from campaign.prisoners.models import ChangeKind, Prisoner, StatusChange
from campaign.prisoners.queries.reach import Reach, Stay, reach_of
from campaign.prisoners.queries.situation import find_current_status, find_current_stay


class Overtaken(StrEnum):
    """What has changed since a line was proposed, the first that applies; empty: nothing."""

    NOTHING = ""
    PAGE_WITHDRAWN = "page_withdrawn"
    RELEASED = "released"
    DIED = "died"
    MOVED = "moved"
    TRANSFERRED = "transferred"
    NO_LETTERS = "no_letters"
    NOT_REACHED = "not_reached"
    WRITER_LEFT = "writer_left"
    WRITER_PAUSED = "writer_paused"
    WRITER_NOT_AT_WORK = "writer_not_at_work"
    WRITER_FULL = "writer_full"
    LEFT_GROUP = "left_group"
    GROUP_CLOSED = "group_closed"
    GROUP_FULL = "group_full"
    HAS_GROUP = "has_group"
    ALREADY_WRITES = "already_writes"
    ENOUGH_WRITERS = "enough_writers"
    BLOCKED = "blocked"


_BY_REACH = {
    Reach.OPEN: Overtaken.NOTHING, Reach.DIED: Overtaken.DIED, Reach.FREE: Overtaken.RELEASED,
    Reach.IN_TRANSIT: Overtaken.MOVED, Reach.UNKNOWN: Overtaken.MOVED, Reach.NO_LETTERS: Overtaken.NO_LETTERS,
    Reach.FAMILY_ONLY: Overtaken.NO_LETTERS, Reach.NOT_ASKED: Overtaken.NO_LETTERS,
}  # fmt: skip


def find_overtaking(line: MatchProposal, since: datetime, today: date) -> Overtaken:
    """What has come between a line that was proposed at `since` and now, read afresh.

    The database's own constraints come after it.
    """
    return _of_prisoner(line.prisoner_id, since, today) or (
        _of_group(line) if line.volunteer_id is None else _of_writer(line, line.volunteer_id, today)
    )


def find_doubtful(lines: Sequence[MatchProposal], since: datetime, today: date) -> set[uuid.UUID]:
    """The lines for which something has come between that making an assignment does not look at by itself.

    All at once, so that hundreds of lines of which nearly all are as they were cost little; `find_overtaking` says
    what it is.
    """
    people = {each.prisoner_id for each in lines}
    writers = {each.volunteer_id for each in lines if each.volunteer_id is not None}
    groups = {each.group_id for each in lines if each.group_id is not None and each.volunteer_id is not None}
    moved = set(session.scalars(_transfers(since).where(StatusChange.prisoner_id.in_(people))))
    resting = set(
        session.scalars(
            select(WriterProfile.volunteer_id).where(
                WriterProfile.volunteer_id.in_(writers), WriterProfile.paused_until > today
            )
        )
    )
    belonging = _belonging(groups) if groups else set()
    return {
        each.id
        for each in lines
        if each.prisoner_id in moved
        or each.volunteer_id in resting
        or (
            each.volunteer_id is not None
            and each.group_id is not None
            and not {(each.group_id, each.volunteer_id), (each.group_id, each.prisoner_id)} <= belonging
        )
    }


def _belonging(groups: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Who belongs to which group now, members and prisoners alike."""
    members = select(GroupMember.group_id, GroupMember.volunteer_id).where(
        GroupMember.group_id.in_(groups), GroupMember.left_on.is_(None)
    )
    held = select(Assignment.group_id, Assignment.prisoner_id).where(
        Assignment.group_id.in_(groups), Assignment.volunteer_id.is_(None), Assignment.state.in_(LIVE)
    )
    return {(group, each) for group, each in session.execute(members.union_all(held))}


def reach_now(prisoner: Prisoner, today: date) -> Reach:
    """Whether a letter reaches somebody now, and if not, why."""
    status, stay = find_current_status(prisoner.id), find_current_stay(prisoner.id)
    place = stay.facility if stay is not None else None
    known = stay and Stay(
        stay.certainty, place.kind if place else None, stay.verified_on, bool(place and place.address)
    )  # fmt: skip
    return reach_of(
        status=status.status if status else None, policy=prisoner.letters_policy, stay=known or None, today=today
    )


def _of_prisoner(prisoner_id: uuid.UUID, since: datetime, today: date) -> Overtaken:
    prisoner = session.get(Prisoner, prisoner_id, populate_existing=True)
    if prisoner is None or not prisoner.is_public:
        return Overtaken.PAGE_WITHDRAWN
    overtaken = _BY_REACH.get(reach_now(prisoner, today), Overtaken.NOT_REACHED)
    if overtaken is Overtaken.NOTHING and _was_transferred(prisoner_id, since):
        return Overtaken.TRANSFERRED
    return overtaken


def _was_transferred(prisoner_id: uuid.UUID, since: datetime) -> bool:
    """Whether they are in another place than the one the line was worked out for: other ways in, other languages."""
    return session.scalar(_transfers(since).where(StatusChange.prisoner_id == prisoner_id).limit(1)) is not None


def _transfers(since: datetime) -> Select[uuid.UUID]:
    """The people who were transferred."""
    return select(StatusChange.prisoner_id).where(
        StatusChange.kind == ChangeKind.TRANSFERRED, StatusChange.made_at >= since, StatusChange.undone_at.is_(None)
    )


def _of_group(line: MatchProposal) -> Overtaken:
    group = session.get(Group, line.group_id, populate_existing=True)
    if group is None or group.state != GroupState.OPEN:
        return Overtaken.GROUP_CLOSED
    is_taken = HOLDS_PLACE | (Assignment.group_id == line.group_id)
    if _count(Assignment.prisoner_id == line.prisoner_id, Assignment.volunteer_id.is_(None), is_taken):
        return Overtaken.HAS_GROUP
    if _is_blocked(line.prisoner_id, group_id=line.group_id):
        return Overtaken.BLOCKED
    held = _count(Assignment.group_id == line.group_id, Assignment.volunteer_id.is_(None))
    return Overtaken.GROUP_FULL if held >= group.capacity else Overtaken.NOTHING


def _of_writer(line: MatchProposal, writer_id: uuid.UUID, today: date) -> Overtaken:
    return _writer_at_work(writer_id, today) or _of_pair(line, writer_id)


def _writer_at_work(writer_id: uuid.UUID, today: date) -> Overtaken:
    volunteer = session.get(Volunteer, writer_id, populate_existing=True)
    profile = session.get(WriterProfile, writer_id, populate_existing=True)
    if volunteer is None or profile is None or volunteer.state == VolunteerState.LEFT:
        return Overtaken.WRITER_LEFT
    if volunteer.state == VolunteerState.PAUSED or (profile.paused_until and profile.paused_until > today):
        return Overtaken.WRITER_PAUSED
    return Overtaken.NOTHING if volunteer.is_at_work else Overtaken.WRITER_NOT_AT_WORK


def _of_pair(line: MatchProposal, writer_id: uuid.UUID) -> Overtaken:
    with_writer = Assignment.volunteer_id == writer_id
    if _count(with_writer, Assignment.prisoner_id == line.prisoner_id):
        return Overtaken.ALREADY_WRITES
    if _is_blocked(line.prisoner_id, volunteer_id=writer_id):
        return Overtaken.BLOCKED
    if line.group_id is not None:
        in_group = (GroupMember.group_id == line.group_id, GroupMember.volunteer_id == writer_id)
        if session.scalar(select(GroupMember.id).where(*in_group, GroupMember.left_on.is_(None))) is None:
            return Overtaken.LEFT_GROUP
        of_group = (Assignment.group_id == line.group_id, Assignment.volunteer_id.is_(None))
        if not _count(*of_group, Assignment.prisoner_id == line.prisoner_id):
            return Overtaken.LEFT_GROUP
    profile = session.get_one(WriterProfile, writer_id)
    if _count(with_writer) >= profile.capacity:
        return Overtaken.WRITER_FULL
    writers = _count(Assignment.prisoner_id == line.prisoner_id, Assignment.volunteer_id.is_not(None), HOLDS_PLACE)
    return Overtaken.ENOUGH_WRITERS if writers >= find_most_writers(line.prisoner_id) else Overtaken.NOTHING


def _count(*conditions: ColumnElement[bool]) -> int:
    """How many live assignments there are of this kind."""
    live = select(func.count()).select_from(Assignment).where(Assignment.state.in_(LIVE), *conditions)
    return session.scalar(live) or 0


def _is_blocked(
    prisoner_id: uuid.UUID, *, volunteer_id: uuid.UUID | None = None, group_id: uuid.UUID | None = None
) -> bool:
    statement = select(PairBlock.id).where(
        PairBlock.prisoner_id == prisoner_id,
        PairBlock.volunteer_id.is_not_distinct_from(volunteer_id),
        PairBlock.group_id.is_not_distinct_from(group_id),
    )
    return session.scalar(statement) is not None
