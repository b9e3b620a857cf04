"""Reads of turns: what the rota is made of, and what its pages show."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import (
    LIVE,
    Assignment,
    AssignmentEvent,
    AssignmentState,
    Group,
    GroupMember,
    GroupMessage,
    GroupTurn,
    PairBlock,
    PrisonerCare,
    TurnState,
    WriterPlace,
    WriterProfile,
)
from campaign.penpals.queries.addressees import needed_trust
from campaign.penpals.queries.groups import IS_MEMBER, IS_OF_GROUP
from campaign.penpals.queries.noted import find_last_noted
from campaign.people.models import Volunteer
from campaign.prisoners.models import Prisoner, PrisonerState
from campaign.prisoners.queries.public_cards import names_for
from campaign.prisoners.queries.public_entries import is_minor


class Line(NamedTuple):
    """One prisoner of a group, and whose turn it is to write."""

    assignment: Assignment
    prisoner_id: uuid.UUID
    name: str
    """In the alphabet of the reader's language."""
    slug: str
    """Of the public page; empty where there is none."""
    turn: GroupTurn | None
    pseudonym: str
    """Whose turn it is."""
    has_come_back: bool = False
    """Whether whoever has the turn has passed it on since the last letter."""


class MyTurn(NamedTuple):
    """A turn of one's own, in whichever group."""

    group: Group
    turn: GroupTurn
    prisoner_id: uuid.UUID
    name: str
    slug: str
    has_come_back: bool = False
    """Whether they have passed it on since the last letter."""


def list_lines(group_id: uuid.UUID, language: str) -> list[Line]:
    """Everybody to whom the group writes, the turn that is due first on top; those without a turn last."""
    rows = session.execute(
        select(Assignment, Prisoner, GroupTurn, Volunteer.pseudonym, _came_back())
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .outerjoin(
            GroupTurn, (GroupTurn.assignment_id == Assignment.id) & (GroupTurn.state == TurnState.SCHEDULED)
        )
        .outerjoin(Volunteer, Volunteer.id == GroupTurn.volunteer_id)
        .where(Assignment.group_id == group_id, IS_OF_GROUP)
        .order_by(GroupTurn.due_on.nulls_last(), Prisoner.slug)
    )  # fmt: skip
    return [
        Line(assignment, person.id, *_called(person, language), turn, pseudonym or "", came_back)
        for assignment, person, turn, pseudonym, came_back in rows
    ]


def list_my_turns(account_id: uuid.UUID, language: str) -> list[MyTurn]:
    """Every turn that somebody has now, the one due first on top."""
    rows = session.execute(
        select(Group, GroupTurn, Prisoner, _came_back())
        .select_from(GroupTurn)
        .join(Assignment, Assignment.id == GroupTurn.assignment_id)
        .join(Group, Group.id == Assignment.group_id)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .join(Volunteer, Volunteer.id == GroupTurn.volunteer_id)
        .join(GroupMember, (GroupMember.group_id == Group.id) & (GroupMember.volunteer_id == Volunteer.id))
        .where(Volunteer.account_id == account_id, GroupTurn.state == TurnState.SCHEDULED, IS_MEMBER)
        .order_by(GroupTurn.due_on, Prisoner.slug)
    )
    return [
        MyTurn(group, turn, person.id, *_called(person, language), came_back) for group, turn, person, came_back in rows
    ]


def has_come_back(assignment_id: uuid.UUID) -> bool:
    """Whether the turn is with somebody who has passed it on since the last letter: nobody took it."""
    statement = (
        select(_came_back())
        .select_from(GroupTurn)
        .join(Assignment, Assignment.id == GroupTurn.assignment_id)
        .where(GroupTurn.assignment_id == assignment_id, GroupTurn.state == TurnState.SCHEDULED)
    )
    return bool(session.scalar(statement))


def can_be_taken_back(turn: GroupTurn) -> bool:
    """Whether its letter was noted today and is the last one noted for that prisoner of the group."""
    noted = find_last_noted(turn.assignment_id, clock.today())
    if noted is None or noted.on != turn.done_on:
        return False
    same_day = (
        select(GroupTurn.id)
        .where(
            GroupTurn.assignment_id == turn.assignment_id, GroupTurn.state == TurnState.WRITTEN,
            GroupTurn.done_on == turn.done_on, GroupTurn.due_on >= turn.due_on, GroupTurn.id != turn.id,
        )
        .limit(1)
    )  # fmt: skip
    return session.scalar(same_day) is None


def list_fresh_letters(account_id: uuid.UUID, language: str) -> list[MyTurn]:
    """Turns of one's own whose letter was noted today and can be taken back."""
    noted_today = exists().where(
        AssignmentEvent.assignment_id == GroupTurn.assignment_id, AssignmentEvent.happened_on == clock.today()
    )
    rows = session.execute(
        select(Group, GroupTurn, Prisoner)
        .select_from(GroupTurn)
        .join(Assignment, Assignment.id == GroupTurn.assignment_id)
        .join(Group, Group.id == Assignment.group_id)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .join(Volunteer, Volunteer.id == GroupTurn.volunteer_id)
        .join(GroupMember, (GroupMember.group_id == Group.id) & (GroupMember.volunteer_id == Volunteer.id))
        .where(
            Volunteer.account_id == account_id, GroupTurn.state == TurnState.WRITTEN, IS_MEMBER, IS_OF_GROUP,
            noted_today,
        )
        .order_by(Prisoner.slug, GroupTurn.id)
    )  # fmt: skip
    return [
        MyTurn(group, turn, person.id, *_called(person, language))
        for group, turn, person in rows
        if can_be_taken_back(turn)
    ]


def list_past_turns(assignment_id: uuid.UUID, *, limit: int = 20) -> list[tuple[GroupTurn, str]]:
    """What became of earlier turns, the latest first, with the pseudonym of whose they were."""
    rows = session.execute(
        select(GroupTurn, Volunteer.pseudonym)
        .join(Volunteer, Volunteer.id == GroupTurn.volunteer_id)
        .where(GroupTurn.assignment_id == assignment_id, GroupTurn.state != TurnState.SCHEDULED)
        .order_by(GroupTurn.done_on.desc(), GroupTurn.due_on.desc(), GroupTurn.id)
        .limit(limit)
    )
    return [(turn, pseudonym) for turn, pseudonym in rows]


def list_active(group_id: uuid.UUID) -> Sequence[Assignment]:
    """The assignments of the group as a whole for which letters are due now: not paused, not held."""
    statement = select(Assignment).where(
        Assignment.group_id == group_id, Assignment.volunteer_id.is_(None), Assignment.held_since_on.is_(None),
        Assignment.state == AssignmentState.ACTIVE,
    )  # fmt: skip
    return session.scalars(statement.order_by(Assignment.created_on, Assignment.id)).all()


def list_scheduled(group_id: uuid.UUID) -> Sequence[GroupTurn]:
    """The turns of a group that wait to be done, locked."""
    statement = (
        select(GroupTurn)
        .join(Assignment, Assignment.id == GroupTurn.assignment_id)
        .where(Assignment.group_id == group_id, GroupTurn.state == TurnState.SCHEDULED)
        .order_by(GroupTurn.id)
        .with_for_update(of=GroupTurn)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).all()


def list_ended(group_id: uuid.UUID) -> Sequence[GroupTurn]:
    """The turns of a group that are over."""
    statement = (
        select(GroupTurn)
        .join(Assignment, Assignment.id == GroupTurn.assignment_id)
        .where(Assignment.group_id == group_id, GroupTurn.state != TurnState.SCHEDULED)
    )
    return session.scalars(statement.order_by(GroupTurn.done_on, GroupTurn.due_on, GroupTurn.id)).all()


def list_own_writers(group_id: uuid.UUID) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """By prisoner, the volunteers who were given that person within the group and have said yes."""
    rows = session.execute(
        select(Assignment.prisoner_id, Assignment.volunteer_id).where(
            Assignment.group_id == group_id, Assignment.volunteer_id.is_not(None),
            Assignment.state.in_([AssignmentState.ACCEPTED, AssignmentState.ACTIVE]),
        )
    )  # fmt: skip
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for prisoner_id, volunteer_id in rows:
        if volunteer_id is not None:
            found.setdefault(prisoner_id, set()).add(volunteer_id)
    return {prisoner_id: frozenset(ids) for prisoner_id, ids in found.items()}


def list_unfit(group_id: uuid.UUID) -> frozenset[tuple[uuid.UUID, uuid.UUID]]:
    """Prisoner and member, of this group, who must not be brought together: too little trust, a risk for whoever lives
    in Russia (where nothing is known of a member, they may), or a pair that is kept apart."""
    lives = func.coalesce(WriterProfile.lives, WriterPlace.RUSSIA)
    is_at_risk = func.coalesce(PrisonerCare.is_risky_in_russia, False) & (lives == WriterPlace.RUSSIA)
    rows = session.execute(
        select(
            Assignment.prisoner_id, GroupMember.volunteer_id, Volunteer.trust, PrisonerCare.trust_needed,
            Prisoner.born_on, Prisoner.born_precision, or_(is_at_risk, PairBlock.id.is_not(None)),
        )
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .join(GroupMember, GroupMember.group_id == Assignment.group_id)
        .join(Volunteer, Volunteer.id == GroupMember.volunteer_id)
        .outerjoin(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .outerjoin(PrisonerCare, PrisonerCare.prisoner_id == Assignment.prisoner_id)
        .outerjoin(
            PairBlock,
            (PairBlock.prisoner_id == Assignment.prisoner_id) & (PairBlock.volunteer_id == Volunteer.id),
        )
        .where(Assignment.group_id == group_id, IS_OF_GROUP, IS_MEMBER)
    )  # fmt: skip
    today = clock.today()
    return frozenset(
        (prisoner_id, volunteer_id)
        for prisoner_id, volunteer_id, trust, asked, born_on, precision, is_apart in rows
        if is_apart or trust < needed_trust(asked, is_minor=is_minor(born_on, precision, today))
    )


def count_messages(group_id: uuid.UUID, *, after: int = 0) -> Mapping[uuid.UUID, int]:
    """How many messages each thread of the group has, as far as the reader may see them."""
    rows = session.execute(
        select(GroupMessage.prisoner_id, func.count())
        .where(GroupMessage.group_id == group_id, GroupMessage.id > after)
        .group_by(GroupMessage.prisoner_id)
    )
    return dict(rows.all())


def name_of(prisoner_id: uuid.UUID, language: str) -> tuple[str, str]:
    """What a prisoner is called in the reader's language, and the address part of the public page if there is one."""
    person = session.get(Prisoner, prisoner_id)
    return _called(person, language) if person is not None else ("", "")


def _came_back() -> ColumnElement[bool]:
    past, taken = aliased(GroupTurn), aliased(GroupTurn)
    # Whoever took it over again after they had passed it on did so of their own will.
    was_taken = exists().where(
        taken.assignment_id == past.assignment_id, taken.state == TurnState.REASSIGNED, taken.done_on >= past.done_on
    )
    return exists().where(
        past.assignment_id == GroupTurn.assignment_id, past.volunteer_id == GroupTurn.volunteer_id,
        past.state == TurnState.SKIPPED, ~was_taken,
        Assignment.last_letter_on.is_(None) | (past.done_on >= Assignment.last_letter_on),
    )  # fmt: skip


def _called(person: Any, language: str) -> tuple[str, str]:
    return names_for(language, person)[0], person.slug if person.state == PrisonerState.PUBLISHED else ""


def list_writers(group_id: uuid.UUID, prisoner_id: uuid.UUID) -> list[tuple[Assignment, str]]:
    """Members who were asked to write to one of the group's people, or do; with their pseudonyms."""
    rows = session.execute(
        select(Assignment, Volunteer.pseudonym)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(
            Assignment.group_id == group_id, Assignment.prisoner_id == prisoner_id, Assignment.state.in_(LIVE)
        )
        .order_by(Assignment.created_on, func.lower(Volunteer.pseudonym))
    )  # fmt: skip
    return [(assignment, pseudonym) for assignment, pseudonym in rows]
