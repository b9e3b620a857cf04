"""The sealed words of tasks, their days, and what was said at their end."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from campaign.activities.models import OPEN_TASKS, Task, TaskOutcome
from campaign.activities.models.tasks import DETAILS, ENDING, TITLE
from campaign.activities.service.tasks import DAYS
from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.people.models import SCOPE

KEPT_DAYS = 180
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Ending:
    """How a task ended, as whoever did it tells."""

    outcome: TaskOutcome = TaskOutcome.DONE
    text: str = ""
    minutes: int = 0


def write_words(task: Task, title: str, details: str) -> None:
    """Seal what is to be done."""
    keyring.ensure(SCOPE)
    task.title_sealed = TITLE.seal(SCOPE, task.id, title)
    task.details_sealed = DETAILS.seal(SCOPE, task.id, details) if details else None


def write_ending(task: Task, text: str) -> None:
    """Seal what was said at its end; an empty text takes it away."""
    task.ending_sealed = ENDING.seal(SCOPE, task.id, text) if text else None


def title_of(task: Task) -> str:
    """What is to be done, in a line; empty for work on letters, and once its words are erased."""
    return TITLE.unseal(SCOPE, task.id, task.title_sealed) if task.title_sealed is not None else ""


def details_of(task: Task) -> str:
    """All that is told of it."""
    return DETAILS.unseal(SCOPE, task.id, task.details_sealed) if task.details_sealed is not None else ""


def ending_of(task: Task) -> str:
    """What was said at its end."""
    return ENDING.unseal(SCOPE, task.id, task.ending_sealed) if task.ending_sealed is not None else ""


def until_of(task: Task) -> date:
    """Until when it belongs to whoever takes it today: a week, or until it is due."""
    soon = clock.today() + timedelta(days=DAYS)
    return max(soon, task.due_on) if task.due_on is not None else soon


def erase_old_words(today: date) -> int:
    """Erase the words of tasks that have been over for 180 days: what kind it was and when it was done stays."""
    before = today - timedelta(days=KEPT_DAYS)
    # A cancelled one keeps no day of its end: the day it was made on, or due on, tells.
    is_old = (Task.done_on <= before) | (
        Task.done_on.is_(None) & (Task.created_on <= before) & (Task.due_on.is_(None) | (Task.due_on <= before))
    )
    statement = select(Task).where(Task.state.not_in(OPEN_TASKS), Task.title_sealed.is_not(None), is_old)
    found = session.scalars(statement.limit(BATCH).with_for_update(skip_locked=True)).all()
    for task in found:
        task.title_sealed = task.details_sealed = task.ending_sealed = None
    session.flush()
    return len(found)
