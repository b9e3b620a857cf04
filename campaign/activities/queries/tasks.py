"""Reads of tasks: the board of staff, what fits a volunteer, what lies with a person. No words: these are sealed."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from campaign.activities.models import (
    LETTER_KINDS,
    OPEN_TASKS,
    Task,
    TaskEvent,
    TaskKind,
    TaskOffer,
    TaskRefusal,
    TaskState,
)
from campaign.activities.queries.holding import select_held_by
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.registry_people import people_within
from campaign.people.models import Person, Volunteer

Within = frozenset[uuid.UUID] | None
RECENT, SOON = timedelta(days=30), timedelta(days=2)
GROUP, NO_GROUP = "group", "-"
SORTS = ("due", "made", "kind")
OPEN, ASKED, TAKEN, HANDED_IN, DONE, CANCELLED = "open", "asked", "taken", "handed-in", "done", "cancelled"
COLUMNS: Mapping[str, ColumnElement[bool]] = {
    OPEN: and_(Task.state == TaskState.OPEN, Task.person_id.is_(None)),
    ASKED: and_(Task.state == TaskState.OPEN, Task.person_id.is_not(None)),
    TAKEN: Task.state.in_((TaskState.CLAIMED, TaskState.RETURNED)),
    HANDED_IN: Task.state == TaskState.SUBMITTED,
    DONE: Task.state == TaskState.DONE,
    CANCELLED: Task.state == TaskState.CANCELLED,
}
"""The states as the board shows them: what waits for somebody's answer is no longer open to all."""
MINE, TEAM, ALL = "mine", "team", "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the board, and its order."""

    whose: str = ALL
    column: str = ""
    kind: str = ""
    skill: str = ""
    group: str = ""
    """An id, or NO_GROUP."""
    due: str = ""
    """overdue, soon, week, none."""
    giving: uuid.UUID | None = None
    person: uuid.UUID | None = None
    sort: str = "due"


def get_task(task_id: uuid.UUID) -> Task:
    """One task. Raises NotFound."""
    found = session.get(Task, task_id)
    if found is None:
        raise NotFound
    return found


def conditions_of(wanted: Wanted, *, account: uuid.UUID, within: Within, today: date) -> list[ColumnElement[bool]]:
    """What a task must meet to be shown to somebody: all but its column."""
    mine = or_(Task.keeper_id == account, Task.claimed_by.in_(select(Volunteer.id).where(_is_account(account))))
    found: list[ColumnElement[bool]] = []
    if within is not None:
        found.append(or_(Task.group_id.in_(within), Task.keeper_id == account))
    if wanted.whose == MINE:
        found.append(mine)
    elif wanted.whose == TEAM:
        found.append(Task.group_id.is_not(None))
    if wanted.kind:
        found.append(Task.kind == wanted.kind)
    if wanted.skill:
        found.append(Task.skill == wanted.skill)
    if wanted.group:
        found.append(Task.group_id.is_(None) if wanted.group == NO_GROUP else Task.group_id == uuid.UUID(wanted.group))
    if wanted.giving is not None:
        found.append(Task.giving_id == wanted.giving)
    if wanted.person is not None:
        found.append(is_of_person(wanted.person))
    return [*found, *_due(wanted.due, today)]


def select_tasks(conditions: Iterable[ColumnElement[bool]], wanted: Wanted, *, column: str = "") -> Select[Task]:
    """The tasks of one column, or of all that are not over, what is due first before the rest."""
    statement = select(Task).where(*conditions)
    statement = statement.where(COLUMNS[column] if column else Task.state.in_(OPEN_TASKS))
    orders: dict[str, tuple[Any, ...]] = {
        "due": (Task.due_on.asc().nulls_last(), Task.created_on), "-due": (Task.due_on.desc().nulls_last(),),
        "made": (Task.created_on,), "-made": (Task.created_on.desc(),), "kind": (Task.kind, Task.due_on),
        "-kind": (Task.kind.desc(), Task.due_on),
    }  # fmt: skip
    if column in {DONE, CANCELLED} and wanted.sort == "due":
        return statement.order_by(Task.done_on.desc().nulls_last(), Task.created_on.desc(), Task.id)
    return statement.order_by(*orders[wanted.sort], Task.id)


def count_columns(conditions: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    """How many stand in each column."""
    counts = [func.count().filter(each) for each in COLUMNS.values()]
    row = session.execute(select(*counts).select_from(Task).where(*conditions)).one()
    return dict(zip(COLUMNS, row, strict=True))


def count_due(conditions: Sequence[ColumnElement[bool]], today: date) -> tuple[int, int]:
    """How many are overdue, and how many are due in two days."""
    late, soon = _due("overdue", today), _due("soon", today)
    counts = select(func.count().filter(*late), func.count().filter(*soon)).select_from(Task).where(*conditions)
    overdue, near = session.execute(counts).one()
    return overdue, near


def list_events(task_id: uuid.UUID) -> Sequence[TaskEvent]:
    """Its history, oldest first."""
    return session.scalars(select(TaskEvent).where(TaskEvent.task_id == task_id).order_by(TaskEvent.id)).all()


def list_offers(task_id: uuid.UUID) -> Sequence[TaskOffer]:
    """Who was asked, the newest first."""
    mine = select(TaskOffer).where(TaskOffer.task_id == task_id)
    return session.scalars(mine.order_by(TaskOffer.offered_on.desc(), TaskOffer.id)).all()


def pseudonyms_of(volunteers: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """What volunteers are called, by id."""
    ids = {each for each in volunteers if each is not None}
    if not ids:
        return {}
    rows = session.execute(select(Volunteer.id, Volunteer.pseudonym).where(Volunteer.id.in_(ids)))
    return dict(rows.all())


def is_of_person(person_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether it is about somebody, offered to them, or was theirs."""
    theirs = select(Volunteer.id).where(Volunteer.person_id == person_id)
    return or_(Task.about_id == person_id, Task.person_id == person_id, Task.claimed_by.in_(theirs))


def select_of_person(person_id: uuid.UUID, *, live: bool) -> Select[Task]:
    """Tasks of one person; `live`: those that are not over."""
    is_live = Task.state.in_(OPEN_TASKS)
    statement = select(Task).where(is_of_person(person_id), is_live if live else ~is_live)
    return statement.order_by(Task.due_on.asc().nulls_last(), Task.created_on.desc(), Task.id)


def select_of_template(template_id: uuid.UUID) -> Select[Task]:
    """The tasks that a rule has made, the newest first."""
    return select(Task).where(Task.template_id == template_id).order_by(Task.occurs_on.desc(), Task.id)


def find_volunteer(account_id: uuid.UUID) -> Volunteer | None:
    """The volunteer of an account."""
    return session.scalar(select(Volunteer).where(_is_account(account_id)))


def find_volunteer_by_name(pseudonym: str) -> Volunteer | None:
    """The volunteer at work of this pseudonym; None where there is none, or more than one."""
    same = (func.lower(Volunteer.pseudonym) == pseudonym.lower(), Volunteer.account_id.is_not(None))
    found = session.scalars(select(Volunteer).where(*same).limit(2)).all()
    return found[0] if len(found) == 1 else None


def select_fitting(volunteer: Volunteer) -> Select[Task]:
    """What this volunteer may take of what is open to all: their skills, languages, groups, and how well they are
    known; what is due first before the rest."""
    person = session.get(Person, volunteer.person_id) if volunteer.person_id is not None else None
    if person is None or not volunteer.is_at_work:
        return select(Task).where(false())
    spoken = ["", *person.spoken]
    return (
        select(Task)
        .where(
            Task.kind.not_in(LETTER_KINDS), COLUMNS[OPEN], Task.trust <= volunteer.trust,
            Task.skill.in_(["", *person.skills]), Task.from_language.in_(spoken), Task.to_language.in_(spoken),
            or_(Task.group_id.is_(None), Task.group_id.in_(_groups_of(person.id))),
        )
        .order_by(Task.due_on.asc().nulls_last(), Task.created_on, Task.id)
    )  # fmt: skip


def may_take(task_id: uuid.UUID, volunteer: Volunteer) -> bool:
    """Whether it is among what is open to them."""
    return session.execute(select_fitting(volunteer).where(Task.id == task_id)).first() is not None


def list_offered(person_id: uuid.UUID) -> Sequence[Task]:
    """What waits for their answer."""
    mine = select(Task).where(COLUMNS[ASKED], Task.person_id == person_id)
    return session.scalars(mine.order_by(Task.due_on.asc().nulls_last(), Task.id)).all()


def list_refused(person_id: uuid.UUID) -> Sequence[str]:
    """For which kinds they asked not to be asked."""
    mine = select(TaskRefusal.kind).where(TaskRefusal.person_id == person_id)
    return session.scalars(mine.order_by(TaskRefusal.kind)).all()


def count_about(kind: str, subject_id: uuid.UUID) -> int:
    """How many tasks about something are not over."""
    mine = (Task.subject_kind == kind, Task.subject_id == subject_id, Task.state.in_(OPEN_TASKS))
    return session.scalar(select(func.count()).select_from(Task).where(*mine)) or 0


def list_about(kind: str, subject_id: uuid.UUID, *, most: int = 5) -> Sequence[Task]:
    """Those that are due first."""
    mine = (Task.subject_kind == kind, Task.subject_id == subject_id, Task.state.in_(OPEN_TASKS))
    statement = select(Task).where(*mine).order_by(Task.due_on.asc().nulls_last(), Task.id)
    return session.scalars(statement.limit(most)).all()


def list_held(person_id: uuid.UUID | None, volunteer_id: uuid.UUID | None) -> Sequence[Task]:
    """What they have taken and not ended, but for work on letters."""
    mine = select_held_by(person_id, volunteer_id).where(Task.kind.not_in(LETTER_KINDS))
    return session.scalars(mine.order_by(Task.claimed_until, Task.id)).all()


def list_done(volunteer_id: uuid.UUID, *, most: int = 10) -> Sequence[Task]:
    """What they did last."""
    mine = select(Task).where(Task.claimed_by == volunteer_id, Task.state == TaskState.DONE)
    general = mine.where(Task.kind.not_in(LETTER_KINDS))
    return session.scalars(general.order_by(Task.done_on.desc(), Task.id).limit(most)).all()


def _groups_of(person_id: uuid.UUID) -> list[uuid.UUID]:
    """Of the groups that have something open those to which somebody belongs."""
    if GROUP not in people_within:
        return []
    with_work = select(Task.group_id).where(COLUMNS[OPEN], Task.group_id.is_not(None)).distinct()
    found = []
    for group in session.scalars(with_work):
        if group is not None:
            members = people_within[GROUP](frozenset({group})).subquery()
            is_in = select(members.c[0]).where(members.c[0] == person_id).limit(1)
            if session.scalar(is_in) is not None:
                found.append(group)
    return found


def _is_account(account_id: uuid.UUID) -> ColumnElement[bool]:
    return Volunteer.account_id == account_id


def _due(word: str, today: date) -> list[ColumnElement[bool]]:
    is_live = Task.state.in_(OPEN_TASKS)
    if word == "overdue":
        return [is_live, Task.due_on < today]
    if word == "soon":
        return [is_live, Task.due_on.between(today, today + SOON)]
    if word == "week":
        return [is_live, Task.due_on.between(today, today + timedelta(days=7))]
    return [is_live, Task.due_on.is_(None)] if word == "none" else []


KINDS = tuple(each for each in TaskKind if each not in LETTER_KINDS)
"""What staff can ask for."""
