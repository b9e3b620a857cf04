"""Reads of assignments: one's own, and the lists of coordinators."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from campaign.accounts.models import Account
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.penpals.models import (
    LIVE,
    Assignment,
    AssignmentEvent,
    AssignmentState,
    Group,
    Health,
    Mark,
    PairBlock,
)
from campaign.penpals.queries.succession import CAME_TO_NOTHING, needs_successor
from campaign.people.models import Volunteer
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries.search import search_people

MOST_SHOWN_ENDED = 20
_NAME = func.lower(func.coalesce(func.nullif(Prisoner.last_latin, ""), Prisoner.last_ru))
_RUNNING = (AssignmentState.ACCEPTED, AssignmentState.ACTIVE, AssignmentState.PAUSED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the staff list is narrowed; empty words narrow nothing."""

    state: str = ""
    health: str = ""
    group: str = ""
    only: str = ""
    """held, successor, another, unanswered."""
    folded: str = ""
    """A name of a prisoner or a pseudonym, folded."""
    text: str = ""
    sort: str = ""


ONLY = ("live", "held", "successor", "another", "unanswered")
SORTS: Mapping[str, Any] = {
    "name": _NAME,
    "writer": func.lower(Volunteer.pseudonym),
    "state": Assignment.state,
    "due": func.coalesce(Assignment.next_letter_on, Assignment.answer_by),
    "since": Assignment.created_on,
}


def list_own(volunteer_id: uuid.UUID) -> Sequence[tuple[Assignment, Prisoner]]:
    """What a writer has or had: what they are asked first, then by what is due; of what is over the newest."""
    order = case((Assignment.state == AssignmentState.OFFERED, 0), (Assignment.state.in_(_RUNNING), 1), else_=2)
    statement = (
        select(Assignment, Prisoner)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .where(Assignment.volunteer_id == volunteer_id, Assignment.state != AssignmentState.PROPOSED)
        .order_by(
            order, Assignment.ended_on.desc(), func.coalesce(Assignment.next_letter_on, Assignment.answer_by),
            Assignment.id,
        )
        .limit(MOST_SHOWN_ENDED * 2)
    )  # fmt: skip
    return [(found, person) for found, person in session.execute(statement)]


def get_own(assignment_id: uuid.UUID, volunteer_id: uuid.UUID) -> tuple[Assignment, Prisoner]:
    """One of a writer's own. Raises NotFound for everybody else's."""
    statement = (
        select(Assignment, Prisoner)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .where(
            Assignment.id == assignment_id, Assignment.volunteer_id == volunteer_id,
            Assignment.state != AssignmentState.PROPOSED,
        )
    )  # fmt: skip
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def list_events(assignment_id: uuid.UUID) -> Sequence[AssignmentEvent]:
    """Its history, oldest first."""
    statement = select(AssignmentEvent).where(AssignmentEvent.assignment_id == assignment_id)
    return session.scalars(statement.order_by(AssignmentEvent.id)).all()


def select_assignments(
    wanted: Wanted, within: frozenset[uuid.UUID] | None
) -> Select[Assignment, Prisoner, Volunteer, Group]:
    """Assignments with prisoner, writer and group. `within`: of these groups alone; None: all."""
    statement = (
        select(Assignment, Prisoner, Volunteer, Group)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .outerjoin(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .outerjoin(Group, Group.id == Assignment.group_id)
        .where(_visible(within))
    )
    if wanted.state in set(AssignmentState):
        statement = statement.where(Assignment.state == wanted.state)
    if wanted.health in set(Health):
        statement = statement.where(Assignment.health == wanted.health, Assignment.state.in_(LIVE))
    if wanted.only in ONLY:
        statement = statement.where(_only(wanted.only))
    if wanted.group:
        statement = statement.where(Group.slug == wanted.group)
    if wanted.text:
        literal = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        named = search_people(wanted.folded, published_only=False) if wanted.folded else []
        known = or_(Prisoner.id.in_(named), Volunteer.pseudonym.ilike(f"%{literal}%"))
        statement = statement.where(known)
    key = wanted.sort.removeprefix("-")
    order = SORTS.get(key, Assignment.created_on)
    is_down = wanted.sort.startswith("-") if key in SORTS else True
    return statement.order_by((order.desc() if is_down else order.asc()).nulls_last(), Assignment.id)


def get_assignment(assignment_id: uuid.UUID) -> tuple[Assignment, Prisoner, Volunteer | None, Group | None]:
    """One with everybody it is about. Raises NotFound."""
    statement = (
        select(Assignment, Prisoner, Volunteer, Group)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .outerjoin(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .outerjoin(Group, Group.id == Assignment.group_id)
        .where(Assignment.id == assignment_id)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1], found[2], found[3]


def is_taken_over(assignment_id: uuid.UUID) -> bool:
    """Whether somebody was asked or found to go on after it."""
    later = select(Assignment.id).where(
        Assignment.successor_of_id == assignment_id, Assignment.state.not_in(CAME_TO_NOTHING)
    )
    return session.scalar(later.limit(1)) is not None


def waits_for_successor(assignment_id: uuid.UUID) -> bool:
    """Whether somebody is to take over from it."""
    return session.scalar(select(Assignment.id).where(Assignment.id == assignment_id, needs_successor())) is not None


def count_needs(today: date, within: frozenset[uuid.UUID] | None) -> Mapping[str, int]:
    """How many are late or lapsed, wait for a successor, or are asked where no mail reaches them."""
    amounts = {
        "at_risk": and_(Assignment.health == Health.AT_RISK, Assignment.state.in_(LIVE)),
        "lapsed": and_(Assignment.health == Health.LAPSED, Assignment.state.in_(LIVE)),
        "successor": needs_successor(),
        "unanswered": _unanswered(),
        "another": _asks_for_another(),
    }
    return {
        name: session.scalar(select(func.count()).select_from(Assignment).where(which, _visible(within))) or 0
        for name, which in amounts.items()
    }


def list_of_prisoner(prisoner_id: uuid.UUID) -> Sequence[tuple[Assignment, Volunteer | None, Group | None]]:
    """Who writes to somebody: all that lives, groups first."""
    statement = (
        select(Assignment, Volunteer, Group)
        .outerjoin(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .outerjoin(Group, Group.id == Assignment.group_id)
        .where(Assignment.prisoner_id == prisoner_id, Assignment.state.in_(LIVE))
        .order_by(Assignment.volunteer_id.is_not(None), Assignment.created_on, Assignment.id)
    )
    return [(found, writer, group) for found, writer, group in session.execute(statement)]


def select_blocks() -> Select[PairBlock, Prisoner, Volunteer, Group]:
    """Pairs that are kept apart, newest first."""
    return (
        select(PairBlock, Prisoner, Volunteer, Group)
        .join(Prisoner, Prisoner.id == PairBlock.prisoner_id)
        .outerjoin(Volunteer, Volunteer.id == PairBlock.volunteer_id)
        .outerjoin(Group, Group.id == PairBlock.group_id)
        .order_by(PairBlock.blocked_on.desc(), PairBlock.id)
    )


def count_blocks(prisoner_id: uuid.UUID) -> int:
    """How many writers and groups somebody is kept apart from."""
    return session.scalar(select(func.count()).where(PairBlock.prisoner_id == prisoner_id)) or 0


def _visible(within: frozenset[uuid.UUID] | None) -> ColumnElement[bool]:
    return Assignment.id.is_not(None) if within is None else Assignment.group_id.in_(within)


def _only(only: str) -> ColumnElement[bool]:
    return {
        "live": lambda: Assignment.state.in_(LIVE),
        "held": lambda: and_(Assignment.held_since_on.is_not(None), Assignment.state.in_(LIVE)),
        "successor": needs_successor,
        "another": _asks_for_another,
        "unanswered": _unanswered,
    }[only]()


def _asks_for_another() -> ColumnElement[bool]:
    """The writer asked for somebody else, and nobody was given to them since."""
    later = Assignment.__table__.alias("later")
    asked = exists().where(AssignmentEvent.assignment_id == Assignment.id, AssignmentEvent.reason == Mark.ANOTHER_ASKED)
    given = exists().where(
        later.c.volunteer_id == Assignment.volunteer_id, later.c.created_on >= Assignment.ended_on,
        later.c.id != Assignment.id, later.c.state.in_(LIVE),
    )  # fmt: skip
    return and_(Assignment.state == AssignmentState.ENDED, asked, ~given)


def _unanswered() -> ColumnElement[bool]:
    """Asked on the page alone: the account has no address, so nobody could be told by mail."""
    silent = exists().where(
        Volunteer.id == Assignment.volunteer_id, Account.id == Volunteer.account_id, Account.email_sealed.is_(None)
    )
    return and_(Assignment.state == AssignmentState.OFFERED, silent)
