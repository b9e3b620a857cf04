"""What tasks add to people's records: what they did and were asked, given out to them, opened again when they go."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from campaign.activities.models import (
    OfferAnswer,
    Task,
    TaskGivingPerson,
    TaskOffer,
    TaskRefusal,
    TaskState,
)
from campaign.activities.queries import list_tasks_of
from campaign.activities.queries.activity import days_of_tasks
from campaign.activities.service.task_words import details_of, ending_of, title_of
from campaign.activities.service.tasks import HELD, let_go, move
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_people import Happening, PersonalData, active_days, people_timelines, personal_data
from campaign.people.queries.person_page import find_volunteer_of

WORDS = {
    "kind": N_("Task"), "state": N_("State"), "claimed_until": N_("Yours until"), "done_on": N_("Done"),
    "translate_letter": N_("Translate a letter"), "transcribe_reply": N_("Copy out an answer"),
    "translate_reply": N_("Translate an answer"), "call": N_("Call somebody"), "translate": N_("Translate"),
    "print": N_("Print"), "post": N_("Take to the post"), "verify_address": N_("Verify an address"),
    "visit_hearing": N_("Go to a hearing"), "own": N_("Something else"), "open": N_("open"),
    "claimed": N_("yours now"), "submitted": N_("handed in"), "returned": N_("back for changes"), "done": N_("done"),
    "partly": N_("Done in part"), "in_vain": N_("Tried, and it was not possible"), "cancelled": N_("cancelled"),
    "title": N_("What was to be done"), "details": N_("All that was told of it"),
    "ending": N_("What was said at its end"),
    "outcome": N_("What came of it"), "minutes": N_("Minutes"), "yours": N_("Tasks you had"),
    "about_you": N_("Tasks about you"), "offered": N_("Tasks you were asked to do"), "offered_on": N_("Asked on"),
    "answer": N_("Your answer"), "accepted": N_("accepted"), "not_now": N_("not now"),
    "never": N_("not for this kind"), "lapsed": N_("no answer"), "withdrawn": N_("withdrawn"),
    "refused": N_("What you asked not to be asked for"), "since_on": N_("Since"),
}  # fmt: skip


def register() -> None:
    """Fill the registries."""
    people_timelines.register("activities", list_lines)
    active_days.register("tasks", days_of_tasks)
    personal_data.register("activities", DATA)


def list_lines(person_id: uuid.UUID) -> Sequence[Happening]:
    """Tasks that were done, and offers that were declined. That somebody was asked stands there as an interaction."""
    lines = [
        Happening(task.done_on, "task", _("Done: %(task)s", task=_(WORDS.get(task.kind, task.kind))))
        for task in _tasks(person_id)
        if task.done_on is not None
    ]
    declined = select(TaskOffer, Task.kind).join(Task, Task.id == TaskOffer.task_id)
    answers = declined.where(
        TaskOffer.person_id == person_id, TaskOffer.answer.in_((OfferAnswer.NOT_NOW, OfferAnswer.NEVER))
    )
    for offer, kind in session.execute(answers):
        if offer.answered_on is not None:
            what = _(WORDS.get(kind, kind))
            lines.append(Happening(offer.answered_on, "task", _("Declined for now: %(task)s", task=what)))
    return lines


def export(person_id: uuid.UUID) -> dict[str, Any] | None:
    """What somebody took on, did, and was asked, and what tasks say about them."""
    about = session.scalars(select(Task).where(Task.about_id == person_id).order_by(Task.created_on, Task.id)).all()
    asked = session.execute(
        select(TaskOffer, Task.kind).join(Task, Task.id == TaskOffer.task_id).where(TaskOffer.person_id == person_id)
    ).all()
    refused = session.scalars(select(TaskRefusal).where(TaskRefusal.person_id == person_id)).all()
    found = {
        "yours": [_told(task) for task in _tasks(person_id)],
        "about_you": [_told(task) for task in about],
        "offered": [
            {"kind": kind, "offered_on": offer.offered_on, "answer": offer.answer or None} for offer, kind in asked
        ],
        "refused": [{"kind": each.kind, "since_on": each.since_on} for each in refused],
    }
    return {name: those for name, those in found.items() if those} or None


def erase(person_id: uuid.UUID) -> int:
    """That it was them, what they were asked, and tasks about them; what they had not done is open to others again."""
    gone = len(session.scalars(delete(Task).where(Task.about_id == person_id).returning(Task.id)).all())
    volunteer = find_volunteer_of(person_id)
    gone += 0 if volunteer is None else let_go(volunteer.id)
    mine = select(Task).where(Task.person_id == person_id).order_by(Task.id).with_for_update()
    for task in session.scalars(mine.execution_options(populate_existing=True)).all():
        if task.state in HELD and task.claimed_by is None and task.keeper_id is None:
            move(task, TaskState.OPEN, "gone")
        task.person_id = None
        gone += 1
    session.flush()
    for table in (TaskOffer, TaskRefusal, TaskGivingPerson):
        rows = session.execute(delete(table).where(table.person_id == person_id).returning(table.person_id))
        gone += len(rows.all())
    return gone


def _told(task: Task) -> dict[str, Any]:
    words = {"title": title_of(task), "details": details_of(task), "ending": ending_of(task)}
    plain = {
        "kind": task.kind, "state": task.state, "claimed_until": task.claimed_until, "done_on": task.done_on,
        "outcome": task.outcome, "minutes": task.minutes,
    }  # fmt: skip
    return {**plain, **{name: text for name, text in words.items() if text}}


def _tasks(person_id: uuid.UUID) -> Sequence[Task]:
    """What was theirs: with an account, or behind the link of a mail."""
    volunteer = find_volunteer_of(person_id)
    with_account = [] if volunteer is None else list(list_tasks_of(volunteer.id))
    without = select(Task).where(
        Task.person_id == person_id, Task.claimed_by.is_(None), Task.keeper_id.is_(None), Task.state != TaskState.OPEN
    )
    return [*with_account, *session.scalars(without.order_by(Task.created_on.desc(), Task.id))]


DATA = PersonalData(N_("Tasks you took on"), export, erase, WORDS)
