"""Reads what a matching is asked, in a handful of statements, however many writers there are."""

import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, cast, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from campaign.kernel.db import session
from campaign.penpals.matching.problem import Helper, Level, Problem, Recipient, Running, Way
from campaign.penpals.matching.traits import traits_of
from campaign.penpals.models import (
    LIVE,
    Assignment,
    Group,
    GroupMember,
    GroupState,
    Health,
    MemberRole,
    PairBlock,
    WriterMode,
    WriterPlace,
    WriterProfile,
)
from campaign.penpals.queries.addressees import Addressee, list_addressees
from campaign.penpals.queries.attention import WINDOW
from campaign.penpals.queries.field import list_releases, list_taken, occasion_of
from campaign.penpals.smoothing import Near, near
from campaign.people.models import AT_WORK, Volunteer, VolunteerState
from campaign.prisoners.queries.reach import Reach

GONE = frozenset({Reach.DIED, Reach.FREE})
"""Nobody is looked for: they need no letters to a prison any more."""
WRITING = (MemberRole.LEAD, MemberRole.MODERATOR, MemberRole.WRITER)
AT_A_TIME = 5000

Pairs = tuple[tuple[uuid.UUID, uuid.UUID], ...]
_LIVE_OF_WRITERS = and_(Assignment.volunteer_id.is_not(None), Assignment.state.in_(LIVE))
_LIVE_OF_GROUPS = and_(Assignment.volunteer_id.is_(None), Assignment.state.in_(LIVE))


def read_problem(level: Level, today: date, *, pins: Sequence[tuple[uuid.UUID, uuid.UUID]] = ()) -> Problem:
    """All that a run of this level knows: everybody in the order of their ids, so that a run can be repeated.

    Pins are pairs of helper (volunteer or group) and prisoner, as coordinators set them.
    """
    people = [each for each in list_addressees(today) if each.reach not in GONE]
    close = _nearest(people, today)
    if level is Level.GROUPS:
        return Problem(
            level, tuple(_groups()), tuple(_recipient_of_groups(each, today, close) for each in people),
            tuple(_running(Assignment.group_id, _LIVE_OF_GROUPS, today)), tuple(pins), _blocked(PairBlock.group_id),
        )  # fmt: skip
    return Problem(
        level, tuple(_writers(today)), tuple(_recipient(each, today, close) for each in people),
        tuple(_running(Assignment.volunteer_id, _LIVE_OF_WRITERS, today)), tuple(pins),
        _blocked(PairBlock.volunteer_id),
    )  # fmt: skip


def read_some(people: Sequence[Addressee], today: date, *, writers: Collection[uuid.UUID] | None = None) -> Problem:
    """As a run of the level of writers would know these people, and all writers or only those named.

    With named writers without the days that are near: they choose among people, and rule nobody out.
    """
    ids = [each.id for each in people]
    close = _nearest(people, today) if writers is None else {}
    named = [] if writers is None else [Assignment.volunteer_id.in_(writers)]
    apart = [] if writers is None else [PairBlock.volunteer_id.in_(writers)]
    running = and_(_LIVE_OF_WRITERS, Assignment.prisoner_id.in_(ids), *named)
    return Problem(
        Level.WRITERS, tuple(_writers(today, writers)), tuple(_recipient(each, today, close) for each in people),
        tuple(_running(Assignment.volunteer_id, running, today)), (),
        _blocked(PairBlock.volunteer_id, PairBlock.prisoner_id.in_(ids), *apart),
    )  # fmt: skip


def _rows(statement: Select[*tuple[Any, ...]]) -> Iterator[Row[*tuple[Any, ...]]]:
    """By a cursor of the server, so that the driver never holds a second copy of everything."""
    return iter(session.connection().execute(statement, execution_options={"yield_per": AT_A_TIME}))


class _Once:
    """Lists as the database spells them, each distinct one read once: a hundred thousand writers share a few."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, spelled: str) -> tuple[str, ...]:
        found = self._known.get(spelled)
        if found is None:
            found = self._known[spelled] = tuple(json.loads(spelled) or ())
        return found


def _writers(today: date, only: Collection[uuid.UUID] | None = None) -> Iterator[Helper]:
    # Groups first: the two cursors are then read one after the other.
    memberships: dict[uuid.UUID, tuple[uuid.UUID, ...]] = dict(_memberships(only))
    once = _Once()
    for row in _rows(_WRITERS if only is None else _WRITERS.where(Volunteer.id.in_(only))):
        (
            identity, state, trust, mode, lives, languages, channels, promise_days, capacity, topics, avoids,
            paused_until, live,
        ) = row  # fmt: skip
        is_resting = paused_until is not None and paused_until > today
        yield Helper(
            id=identity,
            languages=once(languages),
            channels=once(channels),
            capacity=capacity,
            live=live or 0,
            trust=trust,
            is_in_russia=lives == WriterPlace.RUSSIA,
            is_ready=state in AT_WORK and mode != WriterMode.ONE_LETTER and not is_resting,
            takes_alone=mode == WriterMode.PENPAL,
            groups=memberships.get(identity, ()),
            avoids=once(avoids),
            topics=once(topics),
            promise_days=promise_days,
        )


def _statement_of_writers() -> Select[*tuple[Any, ...]]:
    held = (
        select(Assignment.volunteer_id, func.count().label("live"))
        .where(_LIVE_OF_WRITERS)
        .group_by(Assignment.volunteer_id)
        .subquery()
    )
    profile = WriterProfile
    return (
        select(
            Volunteer.id, Volunteer.state, Volunteer.trust, profile.mode, profile.lives, cast(profile.languages, Text),
            cast(profile.channels, Text), profile.promise_days, profile.capacity, cast(profile.topics, Text),
            cast(profile.avoids, Text), profile.paused_until, held.c.live,
        )
        .join(profile, profile.volunteer_id == Volunteer.id)
        .outerjoin(held, held.c.volunteer_id == Volunteer.id)
        .where(Volunteer.state != VolunteerState.LEFT)
        .order_by(Volunteer.id)
    )  # fmt: skip


_WRITERS = _statement_of_writers()


def _memberships(only: Collection[uuid.UUID] | None) -> Iterator[tuple[uuid.UUID, tuple[uuid.UUID, ...]]]:
    """The open groups in which each volunteer writes."""
    statement = (
        select(GroupMember.volunteer_id, func.array_agg(GroupMember.group_id))
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.left_on.is_(None), GroupMember.role.in_(WRITING), Group.state == GroupState.OPEN)
        .group_by(GroupMember.volunteer_id)
    )
    if only is not None:
        statement = statement.where(GroupMember.volunteer_id.in_(only))
    for volunteer, groups in _rows(statement):
        yield volunteer, tuple(sorted(groups))


def _groups() -> Iterator[Helper]:
    """Groups as helpers. Any member may get the turn: the least trusted and one in Russia speak for all."""
    held = (
        select(Assignment.group_id, func.count().label("live"))
        .where(_LIVE_OF_GROUPS)
        .group_by(Assignment.group_id)
        .subquery()
    )
    members = (
        select(
            GroupMember.group_id,
            func.min(Volunteer.trust).label("trust"),
            func.bool_or(func.coalesce(WriterProfile.lives == WriterPlace.RUSSIA, true())).label("russia"),
        )
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .outerjoin(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .where(GroupMember.left_on.is_(None), GroupMember.role.in_(WRITING))
        .group_by(GroupMember.group_id)
        .subquery()
    )
    statement = (
        select(
            Group.id, Group.languages, Group.channels, Group.capacity, Group.turn_days, held.c.live, members.c.trust,
            members.c.russia,
        )
        .outerjoin(held, held.c.group_id == Group.id)
        .outerjoin(members, members.c.group_id == Group.id)
        .where(Group.state == GroupState.OPEN)
        .order_by(Group.id)
    )  # fmt: skip
    for identity, languages, channels, capacity, turn_days, live, trust, russia in _rows(statement):
        yield Helper(
            id=identity, languages=tuple(languages or ()), channels=tuple(channels or ()), capacity=capacity,
            live=live or 0, trust=trust or 0, is_in_russia=bool(russia), is_ready=trust is not None,
            promise_days=turn_days,
        )  # fmt: skip


def _running(
    helper: InstrumentedAttribute[uuid.UUID | None], live: ColumnElement[bool], today: date
) -> Iterator[Running]:
    statement = (
        select(helper, Assignment.prisoner_id, Assignment.last_letter_on, Assignment.health)
        .where(live)
        .order_by(Assignment.prisoner_id, helper)
    )
    for helper_id, prisoner_id, last_letter_on, health in _rows(statement):
        is_counted = last_letter_on is not None and last_letter_on >= today - WINDOW
        yield Running(helper_id, prisoner_id, is_counted, is_lapsed=health == Health.LAPSED)


def _blocked(helper: InstrumentedAttribute[uuid.UUID | None], *which: ColumnElement[bool]) -> Pairs:
    statement = select(helper, PairBlock.prisoner_id).where(helper.is_not(None), *which)
    statement = statement.order_by(PairBlock.prisoner_id, helper)
    return tuple((helper_id, prisoner_id) for helper_id, prisoner_id in _rows(statement))


def _nearest(people: Sequence[Addressee], today: date) -> dict[uuid.UUID, Near]:
    """The birthday or release that is near, by person; by the same words as the draw for one letter."""
    releases, taken = list_releases(today), list_taken(today)
    found = {}
    for each in people:
        promised = taken[each.id].today if each.id in taken else 0
        close = near(occasion_of(each, releases.get(each.id)), today, promised)
        if close is not None:
            found[each.id] = close
    return found


def _recipient(person: Addressee, today: date, close: Mapping[uuid.UUID, Near]) -> Recipient:
    return Recipient(
        id=person.id,
        reach=person.reach.value,
        languages=person.languages_read,
        ways=tuple(Way(each.channel, each.strangers, each.languages) for each in person.ways_in),
        quarters=person.quarters,
        most_helpers=person.most_writers,
        helpers=person.writers,
        group_id=person.group_id,
        trust_needed=person.trust_needed,
        is_risky_in_russia=person.is_risky_in_russia,
        traits=tuple(sorted(each.value for each in traits_of(person.articles, is_minor=person.is_minor))),
        interests=person.interests,
        waiting_days=max(0, (today - person.waiting_since).days) if person.waiting_since else 0,
        had_letter=person.last_letter_on is not None,
        near=close.get(person.id),
    )


def _recipient_of_groups(person: Addressee, today: date, close: Mapping[uuid.UUID, Near]) -> Recipient:
    return replace(_recipient(person, today, close), most_helpers=1, helpers=int(person.group_id is not None))
