"""Reads for volunteers who translate: what is open and fits them, and what they have taken. No text."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select

from campaign.activities.models import Task, TaskKind, TaskState
from campaign.activities.service.tasks import HELD
from campaign.kernel.db import session
from campaign.letters.models import Letter, LetterState
from campaign.penpals.models import WriterProfile
from campaign.people.models import Volunteer


def select_open(volunteer: Volunteer, languages: Sequence[str]) -> Select[Task, Letter]:
    """Translations that this volunteer may take, the oldest first: in both languages, with enough trust, not their own
    letters."""
    statement = select(Task, Letter).join(Letter, Letter.id == Task.subject_id)
    return statement.where(
        Task.kind == TaskKind.TRANSLATE_LETTER, Task.state == TaskState.OPEN, Task.trust <= volunteer.trust,
        Task.from_language.in_(languages), Task.to_language.in_(languages),
        Letter.state == LetterState.IN_TRANSLATION, Letter.written_by.is_distinct_from(volunteer.account_id),
    ).order_by(Task.created_on, Letter.number)  # fmt: skip


def list_mine(volunteer_id: uuid.UUID) -> Sequence[tuple[Task, Letter]]:
    """What somebody has taken and not handed in, what is due first before the rest."""
    statement = select(Task, Letter).join(Letter, Letter.id == Task.subject_id)
    mine = statement.where(
        Task.kind == TaskKind.TRANSLATE_LETTER, Task.claimed_by == volunteer_id, Task.state.in_(HELD)
    )
    rows = session.execute(mine.order_by(Task.claimed_until, Letter.number))
    return [(task, letter) for task, letter in rows]


def may_take(task_id: uuid.UUID, volunteer: Volunteer, profile: WriterProfile) -> bool:
    """Whether it is among what is open to them."""
    fits = select_open(volunteer, profile.languages).where(Task.id == task_id)
    return volunteer.is_at_work and session.execute(fits).first() is not None


def find_work(task_id: uuid.UUID, volunteer_id: uuid.UUID) -> tuple[Task, Letter] | None:
    """The task and its letter while this volunteer has it and there is something to translate."""
    return next((each for each in list_mine(volunteer_id) if each[0].id == task_id and _is_open(each[1])), None)


def _is_open(letter: Letter) -> bool:
    return letter.state == LetterState.IN_TRANSLATION
