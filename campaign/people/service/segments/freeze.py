"""Using a segment: who is in it at that moment is written down, so that the act can be followed afterwards."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor
from campaign.kernel.db import limited, session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.registry_people import segment_conditions
from campaign.kernel.text import one_line
from campaign.people.models import LONGEST_USE, Person, Segment, SegmentFreeze, SegmentMember
from campaign.people.queries.segment_query import compile_tree
from campaign.people.queries.segment_tree import Tree, read_tree, write_tree
from campaign.people.queries.segments import people_of
from campaign.people.service.segments.audience import audience_of
from campaign.people.service.segments.edit import seen_segment

KEPT_DAYS = 180
MOST_SECONDS = 60


class NoPurpose(DomainError):
    """Nothing says what the segment is used for."""


def freeze(segment_id: uuid.UUID, purpose: str, *, actor: Actor) -> SegmentFreeze:
    """Write down who is in a segment now, of those whom `actor` may see, and what for.

    In the open transaction, by one statement; queries/segments.list_members gives them piece by piece. Raises NotFound,
    Refused, NoPurpose, TooSlow.
    """
    segment = seen_segment(segment_id, actor)
    used_for = one_line(purpose, LONGEST_USE)
    if not used_for:
        raise NoPurpose(N_("Say what it is used for."))
    audience = audience_of(actor)
    compiled = compile_tree(read_tree(segment.tree), segment_conditions, within=people_of(audience))
    row = write_down(compiled.members(), used_for, audience=audience, made_by=actor.id, segment=segment)
    audit.record("segment.use", actor=actor.id, about=f"segment:{segment.id}", amount=row.total)
    return row


def write_down(
    people: Select[uuid.UUID], purpose: str, *, audience: str, made_by: uuid.UUID | None, segment: Segment | None = None
) -> SegmentFreeze:
    """Write down whom a SELECT of ids gives now, for an act that begins by itself. Raises TooSlow."""
    row = SegmentFreeze(
        id=uuid.uuid4(), segment_id=segment.id if segment else None, title=segment.title if segment else "",
        purpose=one_line(purpose, LONGEST_USE), tree=segment.tree if segment else write_tree(Tree()),
        audience=audience, total=0, made_by=made_by, frozen_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    members = people.add_columns(literal(row.id))
    with limited(MOST_SECONDS):
        session.execute(insert(SegmentMember).from_select(["person_id", "freeze_id"], members))
    row.total = session.scalar(select(func.count()).where(SegmentMember.freeze_id == row.id)) or 0
    session.flush()
    return row


def freeze_people(people: Select[uuid.UUID], purpose: str, *, actor: Actor) -> SegmentFreeze:
    """The same for people who were chosen in the list; the caller has narrowed them to those whom `actor` may see."""
    used_for = one_line(purpose, LONGEST_USE)
    if not used_for:
        raise NoPurpose(N_("Say what it is used for."))
    found = people.subquery()
    chosen = select(Person.id).where(Person.id.in_(select(found.c[0])))
    return write_down(chosen, used_for, audience=audience_of(actor), made_by=actor.id)


def forget_old(today: date) -> int:
    """Delete uses that are older than 180 days, with who was in."""
    before = datetime.combine(today - timedelta(days=KEPT_DAYS), time.min, UTC)
    gone = delete(SegmentFreeze).where(SegmentFreeze.frozen_at < before).returning(SegmentFreeze.id)
    return len(session.scalars(gone).all())


def move_members(winner: uuid.UUID, loser: uuid.UUID) -> list[dict[str, Any]]:
    """Two records become one: whoever was in as the loser was in as the winner. Gives what undoing needs."""
    uses = delete(SegmentMember).where(SegmentMember.person_id == loser).returning(SegmentMember.freeze_id)
    listed = list(session.scalars(uses))
    if not listed:
        return []
    rows = [{"freeze_id": each, "person_id": winner} for each in listed]
    statement = insert_or_leave(SegmentMember).values(rows).on_conflict_do_nothing()
    added = set(session.scalars(statement.returning(SegmentMember.freeze_id)))
    return [{"freeze_id": str(each), "added": each in added} for each in listed]


def put_members_back(winner: uuid.UUID, loser: uuid.UUID, memory: Sequence[dict[str, Any]]) -> None:
    """Both were in again where each of them was; uses that were forgotten meanwhile stay forgotten."""
    uses = [uuid.UUID(each["freeze_id"]) for each in memory]
    known = set(session.scalars(select(SegmentFreeze.id).where(SegmentFreeze.id.in_(uses))))
    added = [uuid.UUID(each["freeze_id"]) for each in memory if each["added"]]
    winners = (SegmentMember.person_id == winner, SegmentMember.freeze_id.in_(added))
    session.execute(delete(SegmentMember).where(*winners))
    rows = [{"freeze_id": each, "person_id": loser} for each in uses if each in known]
    if rows:
        session.execute(insert_or_leave(SegmentMember).values(rows).on_conflict_do_nothing())
