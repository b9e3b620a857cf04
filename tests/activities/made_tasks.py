"""Tasks and people for tests of tasks."""

from typing import Any

from sqlalchemy import func, select

from campaign.activities.models import Task, TaskEvent, TaskKind
from campaign.activities.service.task_desk import TaskDraft, make_task
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.rows import MailRow
from campaign.people.models import Person, Purpose, Volunteer, VolunteerState
from campaign.people.service.consents import agree
from campaign.people.service.records import PersonDraft, edit_person
from tests.people.pages import ACTOR, volunteer, written_down
from tests.support import pens


def task(title: str = "Print forty cards", *, kind: TaskKind = TaskKind.PRINT, **more: Any) -> Task:
    """A committed task."""
    with transaction():
        return make_task(TaskDraft(kind, title, "On thick paper.", **more), actor=ACTOR)


def fresh(made: Task) -> Task:
    """The same as it is now."""
    session.expire_all()
    return session.get_one(Task, made.id)


def agreeing(number: int = 0) -> Person:
    """Somebody with an address who agreed to news, and has no account."""
    person = written_down(f"Имя {number}", email=f"agreeing-{number}@example.org")
    with transaction():
        agree(person.id, Purpose.NEWS, text_version="1", actor=ACTOR)
    return person


def helper(
    *, trust: int = 0, skills: tuple[str, ...] = (), spoken: tuple[str, ...] = (), address: str = ""
) -> Volunteer:
    """A volunteer at work with a record."""
    _account, made = volunteer()
    with transaction():
        made = session.get_one(Volunteer, made.id)
        made.state, made.trust = VolunteerState.ACTIVE, trust
    if address:
        pens.with_address(made, address)
    with transaction():
        person = session.get_one(Person, made.person_id)
        draft = PersonDraft(name="Помощница", language="en", skills=skills, spoken=spoken)
        edit_person(person.id, draft, seen_version=person.version, actor=ACTOR)
    return made


def steps(made: Task) -> list[str]:
    """What happened with it, in words."""
    return list(
        session.scalars(select(TaskEvent.word).where(TaskEvent.task_id == made.id).order_by(TaskEvent.id))
    )  # fmt: skip


def mails(kind: str) -> int:
    """How many are owed or sent."""
    return session.scalar(select(func.count()).select_from(MailRow).where(MailRow.kind == kind)) or 0


def ids(people: list[Person]) -> Any:
    """A SELECT of them."""
    return select(Person.id).where(Person.id.in_([each.id for each in people]))
