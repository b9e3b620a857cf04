"""Tasks that one volunteer takes on: opened, taken for some days, handed in, looked at, done.

Each step takes the row's lock first and looks at the state, so that two who take one at once do not both get it.
"""

import uuid
from datetime import date, timedelta

from sqlalchemy import or_, select

from campaign.activities.models import OPEN_TASKS, Task, TaskKind, TaskState
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound

DAYS = 7
"""Whoever took one has so long; then it is open for others."""
BATCH = 200
HELD = frozenset({TaskState.CLAIMED, TaskState.RETURNED})
"""Somebody has it, and works on it."""


class TakenByAnother(Conflict):
    """Somebody else took it a moment ago, or it is done."""


def open_task(
    kind: TaskKind, subject_id: uuid.UUID, *, from_language: str = "", to_language: str = "", trust: int = 1,
    due_on: date | None = None, actor: uuid.UUID | None, is_demo: bool = False,
) -> Task:  # fmt: skip
    """Ask for something to be done. Asking twice while it is open gives the same task."""
    known = find_open(kind, subject_id, to_language)
    if known is not None:
        return known
    task = Task(
        id=uuid.uuid4(), kind=kind, subject_id=subject_id, state=TaskState.OPEN, from_language=from_language,
        to_language=to_language, trust=trust, due_on=due_on, created_by=actor, created_on=clock.today(),
        is_demo=is_demo,
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def find_open(kind: TaskKind, subject_id: uuid.UUID, to_language: str = "") -> Task | None:
    """The task about this that is not over; the database allows one."""
    statement = select(Task).where(
        Task.kind == kind, Task.subject_id == subject_id, Task.to_language == to_language, Task.state.in_(OPEN_TASKS)
    )
    return session.scalar(statement)


def claim(task_id: uuid.UUID, volunteer_id: uuid.UUID) -> Task:
    """Take it for a week; whoever has it already has it a week from now on. Raises TakenByAnother, NotFound."""
    task = locked(task_id)
    is_mine = task.claimed_by == volunteer_id and task.state in HELD
    if task.state != TaskState.OPEN and not is_mine:
        raise TakenByAnother(N_("Somebody else has taken this meanwhile. There may be others."))
    task.state, task.claimed_by = TaskState.CLAIMED, volunteer_id
    task.claimed_until = clock.today() + timedelta(days=DAYS)
    session.flush()
    return task


def give_back(task_id: uuid.UUID, volunteer_id: uuid.UUID) -> Task:
    """ "I cannot after all": it is open again. Doing it twice does it once."""
    task = _mine(task_id, volunteer_id)
    if task.state in HELD:
        _reopen(task)
    return task


def submit(task_id: uuid.UUID, volunteer_id: uuid.UUID) -> Task:
    """Hand it in. Raises TakenByAnother when the days ran out and somebody else has it."""
    task = _mine(task_id, volunteer_id)
    if task.state == TaskState.SUBMITTED:
        return task
    if task.state not in HELD:
        raise TakenByAnother(N_("This is no longer yours: the days ran out, or it was finished. Take it again first."))
    task.state, task.claimed_until = TaskState.SUBMITTED, None
    session.flush()
    return task


def finish(task: Task) -> None:
    """What it was for is done, by whomever; the caller holds its lock. Doing it twice does it once."""
    if task.state != TaskState.DONE:
        task.state, task.claimed_until, task.done_on = TaskState.DONE, None, clock.today()
        session.flush()


def return_task(task: Task) -> None:
    """Back to whoever handed it in, for changes, for as many days again; open for all when they are gone.

    The caller holds its lock. Raises TakenByAnother when it was not handed in.
    """
    if task.state != TaskState.SUBMITTED:
        raise TakenByAnother(N_("This was not handed in, or is finished."))
    if task.claimed_by is None:
        _reopen(task)
        return
    task.state, task.claimed_until = TaskState.RETURNED, clock.today() + timedelta(days=DAYS)
    session.flush()


def cancel(kind: TaskKind, subject_id: uuid.UUID, to_language: str | None = None) -> int:
    """Nobody needs it any more, into one language or into any; gives how many were open."""
    statement = select(Task).where(Task.kind == kind, Task.subject_id == subject_id, Task.state.in_(OPEN_TASKS))
    if to_language is not None:
        statement = statement.where(Task.to_language == to_language)
    found = session.scalars(statement.order_by(Task.id).with_for_update()).all()
    for task in found:
        task.state, task.claimed_until = TaskState.CANCELLED, None
    session.flush()
    return len(found)


def sweep(today: date) -> int:
    """Open again what was taken and not handed in in time, and what lies with somebody who is gone; gives how many."""
    is_late = Task.state.in_(HELD) & (Task.claimed_until < today)
    is_orphan = Task.state.in_(HELD) & Task.claimed_by.is_(None)
    statement = select(Task).where(or_(is_late, is_orphan)).limit(BATCH).with_for_update(skip_locked=True)
    found = session.scalars(statement.execution_options(populate_existing=True)).all()
    for task in found:
        _reopen(task)
    return len(found)


def let_go(volunteer_id: uuid.UUID) -> int:
    """Nothing says any more that it was they who had it; what they had not handed in is open again. Gives how many."""
    mine = select(Task).where(Task.claimed_by == volunteer_id).order_by(Task.id).with_for_update()
    found = session.scalars(mine.execution_options(populate_existing=True)).all()
    for task in found:
        if task.state in {TaskState.CLAIMED, TaskState.RETURNED}:
            _reopen(task)
        task.claimed_by = None
    session.flush()
    return len(found)


def locked(task_id: uuid.UUID) -> Task:
    """The task under its lock. Raises NotFound."""
    task = session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise NotFound
    return task


def _mine(task_id: uuid.UUID, volunteer_id: uuid.UUID) -> Task:
    task = locked(task_id)
    if task.claimed_by != volunteer_id:
        raise NotFound
    return task


def _reopen(task: Task) -> None:
    task.state, task.claimed_by, task.claimed_until = TaskState.OPEN, None, None
    session.flush()
