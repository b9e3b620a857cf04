"""Tasks that one person takes on: opened, taken for some days, done. The one function that moves them is `move`.

Each step takes the row's lock first and looks at the state, so that two who take one at once do not both get it.
Work on letters is handed in and looked at besides; what is said here of its steps holds for the rest as well.
"""

import uuid
from datetime import date, timedelta

from sqlalchemy import or_, select, update

from campaign.activities.models import OPEN_TASKS, Task, TaskEvent, TaskKind, TaskOutcome, TaskState
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound

DAYS = 7
"""Whoever took one has so long; then it is open for others."""
BATCH = 200
_S = TaskState
HELD = frozenset({_S.CLAIMED, _S.RETURNED})
"""Somebody has it, and works on it."""
MOVES = {
    _S.OPEN: {_S.CLAIMED, _S.DONE, _S.CANCELLED},
    _S.CLAIMED: {_S.CLAIMED, _S.OPEN, _S.SUBMITTED, _S.DONE, _S.CANCELLED},
    _S.SUBMITTED: {_S.RETURNED, _S.OPEN, _S.DONE, _S.CANCELLED},
    _S.RETURNED: {_S.CLAIMED, _S.OPEN, _S.SUBMITTED, _S.DONE, _S.CANCELLED},
    _S.DONE: {_S.OPEN},
    _S.CANCELLED: {_S.OPEN, _S.DONE},
}
SUBJECT_KINDS = {
    TaskKind.TRANSLATE_LETTER: "letter", TaskKind.TRANSCRIBE_REPLY: "reply", TaskKind.TRANSLATE_REPLY: "reply",
}  # fmt: skip


class TakenByAnother(Conflict):
    """Somebody else took it a moment ago, or it is done."""


def move(
    task: Task, to: TaskState, word: str, *, until: date | None = None, actor: uuid.UUID | None = None,
    volunteer: uuid.UUID | None = None,
) -> None:  # fmt: skip
    """The one way in which a task changes its state: along MOVES, with a line of its history. The caller holds its
    lock and, for CLAIMED, has set who holds it. Raises TakenByAnother where there is no such step from where it is."""
    was = TaskState(task.state)
    if to not in MOVES[was]:
        raise TakenByAnother(N_("This was changed a moment ago. Look at it again."))
    note(task, word, now=to, actor=actor, volunteer=volunteer or task.claimed_by)
    task.state, task.claimed_until = to, until if to in HELD else None
    if to is _S.OPEN:
        task.claimed_by = task.keeper_id = None
        task.reminded_on = task.overdue_told_on = None
    task.done_on = clock.today() if to is _S.DONE else None
    if to is not _S.DONE:
        task.outcome, task.minutes = TaskOutcome.NONE, 0
    session.flush()


def note(
    task: Task, word: str, *, now: TaskState | None = None, was: str | None = None, actor: uuid.UUID | None = None,
    volunteer: uuid.UUID | None = None,
) -> None:  # fmt: skip
    """A line of its history; without `now`, one that moves nothing."""
    before = task.state if was is None else was
    session.add(
        TaskEvent(
            task_id=task.id, was=before, now=now or task.state, word=word, actor_id=actor, volunteer_id=volunteer,
            happened_on=clock.today(),
        )
    )  # fmt: skip


def open_task(
    kind: TaskKind, subject_id: uuid.UUID, *, from_language: str = "", to_language: str = "", trust: int = 1,
    due_on: date | None = None, actor: uuid.UUID | None, is_demo: bool = False,
) -> Task:  # fmt: skip
    """Ask for work on a letter or an answer. Asking twice while it is open gives the same task."""
    known = find_open(kind, subject_id, to_language)
    if known is not None:
        return known
    task = Task(
        id=uuid.uuid4(), kind=kind, subject_kind=SUBJECT_KINDS[kind], subject_id=subject_id, state=TaskState.OPEN,
        from_language=from_language, to_language=to_language, trust=trust, due_on=due_on, created_by=actor,
        created_on=clock.today(), is_demo=is_demo,
    )  # fmt: skip
    add(task, actor=actor)
    return task


def add(task: Task, *, actor: uuid.UUID | None) -> None:
    """Keep a new one, with the first line of its history."""
    session.add(task)
    session.flush()
    note(task, "made", was="", actor=actor)
    session.flush()


def find_open(kind: TaskKind, subject_id: uuid.UUID, to_language: str = "") -> Task | None:
    """The work on this letter or answer that is not over; the database allows one."""
    statement = select(Task).where(
        Task.kind == kind, Task.subject_id == subject_id, Task.to_language == to_language, Task.state.in_(OPEN_TASKS)
    )
    return session.scalar(statement)


def claim(task_id: uuid.UUID, volunteer_id: uuid.UUID, *, until: date | None = None) -> Task:
    """Take it for a week, or until a later day; whoever has it already has it that long from now on.

    Raises TakenByAnother, NotFound.
    """
    task = locked(task_id)
    is_mine = task.claimed_by == volunteer_id and task.state in HELD
    if task.state != TaskState.OPEN and not is_mine:
        raise TakenByAnother(N_("Somebody else has taken this meanwhile. There may be others."))
    task.claimed_by = volunteer_id
    move(task, _S.CLAIMED, "taken", until=until or clock.today() + timedelta(days=DAYS))
    return task


def give_back(task_id: uuid.UUID, volunteer_id: uuid.UUID) -> Task:
    """ "I cannot after all": it is open again. Doing it twice does it once."""
    task = _mine(task_id, volunteer_id)
    if task.state in HELD:
        move(task, _S.OPEN, "handed_back")
    return task


def submit(task_id: uuid.UUID, volunteer_id: uuid.UUID) -> Task:
    """Hand it in. Raises TakenByAnother when the days ran out and somebody else has it."""
    task = _mine(task_id, volunteer_id)
    if task.state == TaskState.SUBMITTED:
        return task
    if task.state not in HELD:
        raise TakenByAnother(N_("This is no longer yours: the days ran out, or it was finished. Take it again first."))
    move(task, _S.SUBMITTED, "handed_in")
    return task


def finish(task: Task) -> None:
    """What it was for is done, by whomever; the caller holds its lock. Doing it twice does it once."""
    if task.state != TaskState.DONE:
        move(task, _S.DONE, "finished")


def return_task(task: Task) -> None:
    """Back to whoever handed it in, for changes, for as many days again; open for all when they are gone.

    The caller holds its lock. Raises TakenByAnother when it was not handed in.
    """
    if task.state != TaskState.SUBMITTED:
        raise TakenByAnother(N_("This was not handed in, or is finished."))
    if task.claimed_by is None:
        move(task, _S.OPEN, "gone")
    else:
        move(task, _S.RETURNED, "sent_back", until=clock.today() + timedelta(days=DAYS))


def cancel(kind: TaskKind, subject_id: uuid.UUID, to_language: str | None = None) -> int:
    """Nobody needs it any more, into one language or into any; gives how many were open."""
    statement = select(Task).where(Task.kind == kind, Task.subject_id == subject_id, Task.state.in_(OPEN_TASKS))
    if to_language is not None:
        statement = statement.where(Task.to_language == to_language)
    found = session.scalars(statement.order_by(Task.id).with_for_update()).all()
    for task in found:
        move(task, _S.CANCELLED, "not_needed")
    return len(found)


def sweep(today: date) -> int:
    """Open again what was taken and not done in time, and what lies with somebody who is gone; gives how many."""
    is_late = Task.state.in_(HELD) & (Task.claimed_until < today)
    is_orphan = Task.state.in_(HELD) & Task.claimed_by.is_(None) & Task.keeper_id.is_(None) & Task.person_id.is_(None)
    statement = select(Task).where(or_(is_late, is_orphan)).limit(BATCH).with_for_update(skip_locked=True)
    found = session.scalars(statement.execution_options(populate_existing=True)).all()
    for task in found:
        is_due = task.claimed_until is not None and task.claimed_until < today
        move(task, _S.OPEN, "ran_out" if is_due else "gone")
        # Whoever had it as an offer had their time: it is open to all, but for one of many that is for them alone.
        if task.giving_id is None:
            task.person_id = None
    session.flush()
    return len(found)


def let_go(volunteer_id: uuid.UUID) -> int:
    """Nothing says any more that it was they who had it; what they had not handed in is open again. Gives how many."""
    mine = select(Task).where(Task.claimed_by == volunteer_id).order_by(Task.id).with_for_update()
    found = session.scalars(mine.execution_options(populate_existing=True)).all()
    for task in found:
        if task.state in HELD:
            move(task, _S.OPEN, "gone")
        task.claimed_by = None
    session.flush()
    session.execute(update(TaskEvent).where(TaskEvent.volunteer_id == volunteer_id).values(volunteer_id=None))
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
