"""Reads of segments, their counts and their uses."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, false, func, or_, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.registry_people import people_within, segment_conditions
from campaign.people.models import Person, Segment, SegmentCount, SegmentFreeze, SegmentMember
from campaign.people.queries.segment_query import Within, compile_tree
from campaign.people.queries.segment_tree import Refused, read_tree

EVERYBODY, GROUP = "", "group"


def list_segments(owner: uuid.UUID, *, archived: bool = False) -> Sequence[Segment]:
    """One's own and those that are shared, by title."""
    mine = or_(Segment.owner_id == owner, Segment.is_shared, Segment.owner_id.is_(None))
    put_away = Segment.archived_on.is_not(None) if archived else Segment.archived_on.is_(None)
    return session.scalars(select(Segment).where(mine, put_away).order_by(func.lower(Segment.title), Segment.id)).all()


def titles_of(segments: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What segments are called, put away or not, by id."""
    rows = session.execute(select(Segment.id, Segment.title).where(Segment.id.in_(segments)))
    return {row[0]: row[1] for row in rows}


def find_count(segment_id: uuid.UUID, audience: str) -> SegmentCount | None:
    """The count of a segment for one audience."""
    statement = select(SegmentCount).where(SegmentCount.segment_id == segment_id, SegmentCount.audience == audience)
    return session.scalar(statement)


def counts_of(segments: Iterable[uuid.UUID], audience: str) -> Mapping[uuid.UUID, SegmentCount]:
    """The counts of some segments for one audience, by segment."""
    statement = select(SegmentCount).where(SegmentCount.segment_id.in_(segments), SegmentCount.audience == audience)
    return {each.segment_id: each for each in session.scalars(statement)}


def people_of(audience: str) -> Within:
    """A SELECT of the ids of an audience's people, as they are now; None for everybody."""
    if audience == EVERYBODY:
        return None
    return people_within[GROUP](frozenset(map(uuid.UUID, audience.split(","))))


def members_of(segment_id: uuid.UUID, audience: str) -> Select[uuid.UUID]:
    """A SELECT of the ids of those who are in a segment, for one audience; of nobody where it cannot be asked."""
    tree = session.scalar(select(Segment.tree).where(Segment.id == segment_id))
    try:
        return compile_tree(read_tree(tree), segment_conditions, within=people_of(audience)).members()
    except Refused:
        return select(Person.id).where(false())


def list_freezes(segment_id: uuid.UUID, *, audience: str | None = None, most: int = 50) -> Sequence[SegmentFreeze]:
    """When a segment was used, the last use first; of one audience alone where it is given."""
    statement = select(SegmentFreeze).where(SegmentFreeze.segment_id == segment_id)
    if audience is not None:
        statement = statement.where(SegmentFreeze.audience == audience)
    return session.scalars(statement.order_by(SegmentFreeze.frozen_at.desc(), SegmentFreeze.id).limit(most)).all()


def get_freeze(segment_id: uuid.UUID, freeze_id: uuid.UUID, *, audience: str | None = None) -> SegmentFreeze:
    """One use of a segment; of one audience alone where it is given. Raises NotFound."""
    found = session.get(SegmentFreeze, freeze_id)
    if found is None or found.segment_id != segment_id or audience not in (None, found.audience):
        raise NotFound
    return found


def members_then(freeze_id: uuid.UUID, *, within: Within) -> Select[Person]:
    """The records of those who were in when it was used, are still there, and stand `within`; who came last first."""
    were_in = select(SegmentMember.person_id).where(SegmentMember.freeze_id == freeze_id)
    statement = select(Person).where(Person.id.in_(were_in))
    if within is not None:
        statement = statement.where(Person.id.in_(within))
    return statement.order_by(Person.since_on.desc(), Person.id)


def list_members(freeze_id: uuid.UUID, *, after: uuid.UUID | None = None, most: int = 1_000) -> Sequence[uuid.UUID]:
    """Those who were in when it was used and are still there, by id from behind `after`."""
    statement = select(SegmentMember.person_id).where(SegmentMember.freeze_id == freeze_id)
    if after is not None:
        statement = statement.where(SegmentMember.person_id > after)
    return session.scalars(statement.order_by(SegmentMember.person_id).limit(most)).all()
