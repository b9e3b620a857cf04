"""One task for each of many people: looked at beforehand, given in pieces, and taken back as far as nobody began.

The people are written down with the giving; each is met once, under the lock of its row, however often a piece is run.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, insert, literal, or_, select, update

from campaign.activities.jobs import GoOnWithGiving
from campaign.activities.models import (
    OPEN_TASKS,
    GivenOutcome,
    GivingState,
    Task,
    TaskGiving,
    TaskGivingPerson,
    TaskKind,
    TaskRefusal,
    TaskState,
)
from campaign.activities.models.giving import GIVING_DETAILS, GIVING_TITLE
from campaign.activities.service.task_desk import TaskDraft, make_task, withdraw_offers
from campaign.activities.service.task_offers import ask, select_reachable, select_resting
from campaign.activities.service.tasks import move
from campaign.kernel import audit, clock, jobs
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import is_none_of, session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.people.models import SCOPE, Interaction, InteractionKind, Person, Volunteer

AT_ONCE, PART = 50, 200
"""So many are done within the request; of more a job does a part at a time."""
MOST = 20_000
AT_WORK = frozenset({GivingState.RUNNING, GivingState.UNDOING})
G = GivenOutcome


@dataclass(frozen=True, slots=True)
class GivingDraft:
    """What everybody is asked to do, and who is left out."""

    task: TaskDraft
    gap: int = 14


def preview(kind: TaskKind, gap: int, people: Select[uuid.UUID]) -> dict[str, int]:
    """What a giving would come to now, by outcome: how many are given it, and how many left out for which reason."""
    outcome = _outcome(kind, gap)
    rows = session.execute(
        select(outcome, func.count()).select_from(Person).where(Person.id.in_(people)).group_by(outcome)
    )  # fmt: skip
    return {each.value: 0 for each in G if each is not G.WAITING} | dict(rows.all())


def outcomes_for(kind: str, gap: int, people: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """What giving such a task comes to for each of these, by a word of GivenOutcome; who is gone is left out."""
    found = session.execute(select(Person.id, _outcome(kind, gap)).where(Person.id.in_(people)))
    outcomes: dict[uuid.UUID, str] = dict(found.all())
    return outcomes


def count(people: Select[uuid.UUID]) -> int:
    """How many people that is."""
    found = people.subquery()
    return session.scalar(select(func.count()).where(Person.id.in_(select(found.c[0])))) or 0


def begin(
    draft: GivingDraft, people: Select[uuid.UUID], *, seen: int, freeze_id: uuid.UUID | None = None, actor: uuid.UUID
) -> TaskGiving:
    """Give it, or begin to. Raises Conflict when they are not as many as were `seen`, or none, or too many."""
    keyring.ensure(SCOPE)
    row, task = uuid.uuid4(), draft.task
    giving = TaskGiving(
        id=row, kind=task.kind, title_sealed=GIVING_TITLE.seal(SCOPE, row, task.title), group_id=task.group_id,
        details_sealed=GIVING_DETAILS.seal(SCOPE, row, task.details) if task.details else None, skill=task.skill,
        due_on=task.due_on, gap=draft.gap, freeze_id=freeze_id, state=GivingState.RUNNING, amount=0, made_by=actor,
        made_at=clock.now(),
    )  # fmt: skip
    session.add(giving)
    session.flush()
    found = people.subquery()
    chosen = select(literal(row), Person.id, literal(value=False), literal("")).where(Person.id.in_(select(found.c[0])))
    columns = ["giving_id", "person_id", "is_done", "outcome"]
    session.execute(insert(TaskGivingPerson).from_select(columns, chosen))
    giving.amount = session.scalar(select(func.count()).where(TaskGivingPerson.giving_id == row)) or 0
    if giving.amount != seen or not seen:
        raise Conflict(N_("The list has changed since you looked. Look at the number again before you go on."))
    if giving.amount > MOST:
        raise Conflict(N_("These are more than 20,000 people. Narrow it down first."))
    session.flush()
    audit.record("task.give", actor=actor, about=f"giving:{row}", amount=giving.amount, reason=task.kind)
    _start(giving)
    return giving


def undo(giving_id: uuid.UUID, *, actor: uuid.UUID) -> TaskGiving:
    """Cancel what nobody has begun. Raises NotFound, Conflict when it is not done or was taken back already."""
    giving = _locked(giving_id)
    if giving.state != GivingState.DONE:
        raise Conflict(N_("This can be taken back once it is done, and only once."))
    giving.state, giving.undone_by, giving.undone_at = GivingState.UNDOING, actor, clock.now()
    mine = update(TaskGivingPerson).where(
        TaskGivingPerson.giving_id == giving_id, TaskGivingPerson.outcome == G.GIVEN
    )  # fmt: skip
    session.execute(mine.values(is_done=False))
    session.flush()
    audit.record("task.give_undone", actor=actor, about=f"giving:{giving.id}", amount=giving.amount)
    _start(giving)
    return giving


def go_on(giving_id: uuid.UUID) -> None:
    """Do the next part, and ask for the one after it. One that is over, or gone, is left alone."""
    try:
        giving = _locked(giving_id)
    except NotFound:
        return
    if _do_part(giving):
        jobs.enqueue(GoOnWithGiving(str(giving.id)))


def progress_of(giving: TaskGiving) -> int:
    """How many people it, or its undoing, has come to."""
    done = select(func.count()).where(TaskGivingPerson.giving_id == giving.id, TaskGivingPerson.is_done)
    return session.scalar(done) or 0


def outcomes_of(giving: TaskGiving) -> Mapping[str, int]:
    """For how many it came to what."""
    rows = select(TaskGivingPerson.outcome, func.count()).where(TaskGivingPerson.giving_id == giving.id)
    return dict(session.execute(rows.group_by(TaskGivingPerson.outcome)).all())


def states_of(giving: TaskGiving) -> Mapping[str, int]:
    """How many of its tasks are in which state."""
    rows = select(Task.state, func.count()).where(Task.giving_id == giving.id).group_by(Task.state)
    return dict(session.execute(rows).all())


def title_of(giving: TaskGiving) -> str:
    """What everybody is asked to do, in a line."""
    return GIVING_TITLE.unseal(SCOPE, giving.id, giving.title_sealed)


def details_of(giving: TaskGiving) -> str:
    """All that is told of it."""
    if giving.details_sealed is None:
        return ""
    return GIVING_DETAILS.unseal(SCOPE, giving.id, giving.details_sealed)


def _outcome(kind: str, gap: int) -> Any:
    """For a row of Person: what a giving comes to for them, the graver reason first."""
    # Said aloud: within EXISTS it would not find the outer row by itself, and mean every volunteer.
    mine = select(Volunteer.id).where(Volunteer.person_id == Person.id).correlate(Person).scalar_subquery()
    has_one = (
        select(Task.id)
        .where(
            Task.kind == kind, Task.state.in_(OPEN_TASKS), or_(Task.person_id == Person.id, Task.claimed_by == mine)
        )
        .exists()
    )  # fmt: skip
    refused = select(TaskRefusal.kind).where(TaskRefusal.person_id == Person.id, TaskRefusal.kind == kind).exists()
    since = clock.today() - timedelta(days=gap)
    asked = (
        select(Interaction.id)
        .where(
            Interaction.person_id == Person.id, Interaction.kind == InteractionKind.ASKED,
            Interaction.happened_on > since,
        )
        .exists()
    )  # fmt: skip
    return case(
        (is_none_of(Person.id, select_reachable()), G.NO_WAY.value),
        (refused, G.REFUSED.value),
        (Person.id.in_(select_resting()), G.RESTING.value),
        (has_one, G.HAS_ONE.value),
        (and_(literal(gap > 0), asked), G.ASKED.value),
        else_=G.GIVEN.value,
    )


def _start(giving: TaskGiving) -> None:
    if giving.amount > AT_ONCE:
        jobs.enqueue(GoOnWithGiving(str(giving.id)))
    else:
        while _do_part(giving):
            pass


def _do_part(giving: TaskGiving) -> bool:
    """The next part of what is running; False when there was nothing left to do."""
    if giving.state not in AT_WORK:
        return False
    is_next = (TaskGivingPerson.giving_id == giving.id, TaskGivingPerson.is_done.is_(False))
    statement = select(TaskGivingPerson).where(*is_next).order_by(TaskGivingPerson.person_id).limit(PART)
    rows = session.scalars(statement).all()
    if not rows:
        giving.state = GivingState.DONE if giving.state == GivingState.RUNNING else GivingState.UNDONE
        session.flush()
        return False
    if giving.state == GivingState.RUNNING:
        _give(giving, rows)
    else:
        _take_back(giving, [row.person_id for row in rows])
    for row in rows:
        row.is_done = True
    session.flush()
    return True


def _give(giving: TaskGiving, rows: Sequence[TaskGivingPerson]) -> None:
    # Their rows first, so that two givings at once do not both ask one person.
    ids = [row.person_id for row in rows]
    locked = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(key_share=True)
    session.execute(locked)
    outcomes = outcomes_for(giving.kind, giving.gap, ids)
    draft = TaskDraft(
        TaskKind(giving.kind), title_of(giving), details_of(giving), skill=giving.skill, group_id=giving.group_id,
        due_on=giving.due_on,
    )  # fmt: skip
    for row in rows:
        row.outcome = outcomes.get(row.person_id, G.NO_WAY)
        if row.outcome == G.GIVEN:
            task = make_task(draft, actor=giving.made_by, giving_id=giving.id)
            ask(task, row.person_id, actor=giving.made_by)


def _take_back(giving: TaskGiving, people: Sequence[uuid.UUID]) -> None:
    not_begun = (Task.giving_id == giving.id, Task.state == TaskState.OPEN, Task.person_id.in_(people))
    statement = select(Task).where(*not_begun).order_by(Task.id).with_for_update()
    for task in session.scalars(statement.execution_options(populate_existing=True)):
        withdraw_offers(task, keeps_person=True)
        move(task, TaskState.CANCELLED, "withdrawn", actor=giving.undone_by)


def _locked(giving_id: uuid.UUID) -> TaskGiving:
    giving = session.get(TaskGiving, giving_id, with_for_update=True, populate_existing=True)
    if giving is None:
        raise NotFound
    return giving
