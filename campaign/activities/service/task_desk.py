"""What staff do with tasks: make, change, take, give to somebody, take back, end, and open again."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.activities.models import LETTER_KINDS, OPEN_TASKS, Task, TaskKind, TaskOffer, TaskState
from campaign.activities.service.task_words import Ending, until_of, write_ending, write_words
from campaign.activities.service.tasks import HELD, TakenByAnother, add, locked, move, note
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.versions import check_version
from campaign.people.models import InteractionKind, Person, Volunteer
from campaign.people.queries.person_page import find_volunteer_of
from campaign.people.service.details import record_interaction

PERSON = "person"
GAVE = "task"
"""The word of the line on a person's timeline that says that they gave time, or were asked, for a task."""


class WorkOnLetters(Conflict):
    """Such a task is made and done where the letter is."""


class NoSuchPerson(DomainError):
    """Nobody with this record."""


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """What staff say of a task."""

    kind: TaskKind
    title: str
    details: str = ""
    subject: tuple[str, uuid.UUID] | None = None
    skill: str = ""
    from_language: str = ""
    to_language: str = ""
    trust: int = 0
    group_id: uuid.UUID | None = None
    due_on: date | None = None


def make_task(
    draft: TaskDraft, *, actor: uuid.UUID | None, template: tuple[uuid.UUID, date] | None = None,
    giving_id: uuid.UUID | None = None, is_demo: bool = False,
) -> Task:  # fmt: skip
    """A new task that is open. `template`: which occurrence of which it is."""
    _refuse_letters(draft.kind)
    task = Task(
        id=uuid.uuid4(), state=TaskState.OPEN, created_by=actor, created_on=clock.today(), giving_id=giving_id,
        template_id=template[0] if template else None, occurs_on=template[1] if template else None, is_demo=is_demo,
    )  # fmt: skip
    _fill(task, draft)
    add(task, actor=actor)
    if actor is not None and giving_id is None:
        audit.record("task.make", actor=actor, about=f"task:{task.id}", reason=draft.kind)
    return task


def change_task(task_id: uuid.UUID, draft: TaskDraft, *, seen_version: int, actor: uuid.UUID) -> Task:
    """Change what it says while it is not over. Raises NotFound, Conflict, WorkOnLetters."""
    task = general(task_id)
    check_version(task.version, seen_version)
    if task.state not in OPEN_TASKS:
        raise Conflict(N_("This task is over. Open it again to change it."))
    was_due = task.due_on
    _fill(task, draft)
    if task.due_on != was_due:
        task.reminded_on = task.overdue_told_on = None
        if task.claimed_until is not None:
            task.claimed_until = until_of(task)
    note(task, "changed", actor=actor)
    session.flush()
    audit.record("task.change", actor=actor, about=f"task:{task.id}")
    return task


def take(task_id: uuid.UUID, *, actor: uuid.UUID) -> Task:
    """Take it oneself; twice is once. Raises TakenByAnother, WorkOnLetters, NotFound."""
    task = general(task_id)
    if task.state in HELD and task.keeper_id == actor:
        return task
    if task.state != TaskState.OPEN:
        raise TakenByAnother(N_("Somebody else has taken this meanwhile. There may be others."))
    withdraw_offers(task)
    task.keeper_id = actor
    move(task, TaskState.CLAIMED, "taken", until=until_of(task), actor=actor)
    return task


def assign(task_id: uuid.UUID, person_id: uuid.UUID, *, actor: uuid.UUID) -> Task:
    """Give it to somebody who has agreed already; twice is once. Raises NoSuchPerson and what `take` does."""
    task = general(task_id)
    volunteer = find_helper(person_id)
    if task.state in HELD and task.person_id == person_id and task.keeper_id is None:
        return task
    if task.state != TaskState.OPEN:
        raise TakenByAnother(N_("Somebody else has taken this meanwhile. There may be others."))
    withdraw_offers(task)
    task.person_id, task.claimed_by = person_id, volunteer.id if volunteer is not None else None
    move(task, TaskState.CLAIMED, "assigned", until=until_of(task), actor=actor)
    audit.record("task.assign", actor=actor, about=f"task:{task.id}")
    return task


def take_back(task_id: uuid.UUID, *, actor: uuid.UUID) -> Task:
    """It is open for all again, whoever has it or was asked; twice is once. Raises TakenByAnother when it is over."""
    task = general(task_id)
    if task.state not in OPEN_TASKS:
        raise TakenByAnother(N_("This task is over. Open it again to change it."))
    if task.state == TaskState.OPEN and task.person_id is None:
        return task
    withdraw_offers(task)
    if task.state == TaskState.OPEN:
        note(task, "withdrawn", actor=actor)
    else:
        move(task, TaskState.OPEN, "taken_back" if task.keeper_id != actor else "handed_back", actor=actor)
    session.flush()
    return task


def end_task(task_id: uuid.UUID, ending: Ending, *, actor: uuid.UUID) -> Task:
    """It is done; whoever had it gave the minutes. Twice is once. Raises TakenByAnother for a cancelled one."""
    task = general(task_id)
    if task.state == TaskState.DONE:
        return task
    if task.state == TaskState.CANCELLED:
        raise TakenByAnother(N_("This task is over. Open it again to change it."))
    close(task, ending, actor=actor)
    audit.record("task.done", actor=actor, about=f"task:{task.id}")
    return task


def cancel_task(task_id: uuid.UUID, reason: str, *, actor: uuid.UUID) -> Task:
    """Nobody needs it any more. Twice is once. Raises TakenByAnother for one that is done."""
    task = general(task_id)
    if task.state == TaskState.CANCELLED:
        return task
    withdraw_offers(task, keeps_person=True)
    move(task, TaskState.CANCELLED, "cancelled", actor=actor)
    write_ending(task, reason)
    session.flush()
    audit.record("task.cancel", actor=actor, about=f"task:{task.id}")
    return task


def reopen_task(task_id: uuid.UUID, *, actor: uuid.UUID) -> Task:
    """It is not over after all: open for all, with what was said at its end gone. Raises TakenByAnother."""
    task = general(task_id)
    if task.state in OPEN_TASKS:
        return task
    if task.title_sealed is None:
        raise TakenByAnother(N_("Its words are erased, so it cannot be opened again. Make a new one."))
    move(task, TaskState.OPEN, "reopened", actor=actor)
    task.person_id = None
    write_ending(task, "")
    session.flush()
    audit.record("task.reopen", actor=actor, about=f"task:{task.id}")
    return task


def close(task: Task, ending: Ending, *, actor: uuid.UUID | None = None) -> None:
    """Move it to done with its result, and put the minutes on the timeline of whoever had it. The caller holds it."""
    person_id = _helping_person(task)
    # Whoever was only asked has not done it.
    withdraw_offers(task, keeps_person=task.state in HELD)
    move(task, TaskState.DONE, "finished", actor=actor)
    task.outcome, task.minutes = ending.outcome, ending.minutes
    write_ending(task, ending.text)
    session.flush()
    if person_id is not None and ending.minutes:
        record_interaction(
            person_id, InteractionKind.GAVE_TIME, word=GAVE, amount=ending.minutes, subject=task.id, actor=actor
        )  # fmt: skip


def withdraw_offers(task: Task, *, keeps_person: bool = False) -> None:
    """Whoever was asked and has not answered need not any more. The caller holds the task."""
    waiting = select(TaskOffer).where(TaskOffer.task_id == task.id, TaskOffer.answer == "")
    for offer in session.scalars(waiting.with_for_update()):
        offer.answer, offer.answered_on = "withdrawn", clock.today()
    if not keeps_person:
        task.person_id = None


def general(task_id: uuid.UUID) -> Task:
    """A task under its lock that is no work on letters. Raises NotFound, WorkOnLetters."""
    task = locked(task_id)
    _refuse_letters(task.kind)
    return task


def find_helper(person_id: uuid.UUID) -> Volunteer | None:
    """The volunteer with an account that a record belongs to, if they are at work. Raises NoSuchPerson."""
    if session.get(Person, person_id) is None:
        raise NoSuchPerson(N_("There is nobody with this record."))
    volunteer = find_volunteer_of(person_id)
    is_here = volunteer is not None and volunteer.is_at_work and volunteer.account_id is not None
    return volunteer if is_here else None


def _helping_person(task: Task) -> uuid.UUID | None:
    """Whose time it was: of the volunteer or the person who has it; of nobody while it is open or with staff."""
    if task.claimed_by is not None:
        volunteer = session.get(Volunteer, task.claimed_by)
        return volunteer.person_id if volunteer is not None else None
    return task.person_id if task.state in HELD and task.keeper_id is None else None


def _refuse_letters(kind: str) -> None:
    if kind in LETTER_KINDS:
        raise WorkOnLetters(N_("Work on letters and answers is given and done where they are."))


def _fill(task: Task, draft: TaskDraft) -> None:
    subject_kind, subject_id = draft.subject or ("", None)
    is_person = subject_kind == PERSON
    task.kind, task.skill, task.trust = draft.kind, draft.skill, draft.trust
    task.from_language, task.to_language = draft.from_language, draft.to_language
    task.group_id, task.due_on, task.subject_kind = draft.group_id, draft.due_on, subject_kind
    task.about_id, task.subject_id = (subject_id, None) if is_person else (None, subject_id)
    if is_person and (subject_id is None or session.get(Person, subject_id) is None):
        raise NoSuchPerson(N_("There is nobody with this record."))
    write_words(task, draft.title, draft.details)
