"""One task for staff: what it says, its history, and every step of it."""

import uuid
from collections.abc import Callable, Sequence

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.activities.forms.staff_tasks import ANSWER_WORDS, EVENT_WORDS, TRUST_WORDS
from campaign.activities.forms.task_words import EndingForm
from campaign.activities.models import LETTER_KINDS, OPEN_TASKS, Task, TaskState
from campaign.activities.models.tasks import LONGEST_ENDING
from campaign.activities.queries import tasks as queries
from campaign.activities.service import task_desk as desk
from campaign.activities.service import task_offers as offers
from campaign.activities.service.task_words import details_of, ending_of
from campaign.activities.staff_views.task_room import (
    back_to,
    bp,
    for_coordinators,
    group_names,
    person_meant,
    shared,
    subjects_of,
    task_for,
)
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.people.forms.condition_words import spoken
from campaign.people.models import Person
from campaign.people.service.access import check_seen
from campaign.people.service.records import name_of
from campaign.people.staff_views.blueprint import take_shown
from campaign.web.steps import actor_id, told


@bp.get("/<uuid:task_id>")
@for_coordinators
def show_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """The page of one task."""
    return _page(task_for(task_id))


@bp.post("/<uuid:task_id>/take")
@for_coordinators
def take(task_id: uuid.UUID) -> ResponseReturnValue:
    """Take it oneself."""
    return _step(task_id, lambda: desk.take(task_id, actor=actor_id()), _("It is yours."))


@bp.post("/<uuid:task_id>/give")
@for_coordinators
def give(task_id: uuid.UUID) -> ResponseReturnValue:
    """Ask somebody, or give it to somebody who has agreed."""
    task = task_for(task_id)
    try:
        person = person_meant(request.form.get("who", ""))
    except DomainError as problem:
        if isinstance(problem, Forbidden):
            raise
        return _page(task, told(problem), who=request.form.get("who", "")), 422
    if person is None:
        return _page(task, _("Say whom to ask.")), 422
    if "agreed" in request.form:
        return _step(task_id, lambda: desk.assign(task_id, person, actor=actor_id()), _("It is theirs now."))
    return _step(task_id, lambda: offers.offer(task_id, person, actor=actor_id()), _("They are asked."))


@bp.post("/<uuid:task_id>/back")
@for_coordinators
def take_back(task_id: uuid.UUID) -> ResponseReturnValue:
    """Open it for all again."""
    return _step(task_id, lambda: desk.take_back(task_id, actor=actor_id()), _("It is open again."))


@bp.post("/<uuid:task_id>/done")
@for_coordinators
def finish(task_id: uuid.UUID) -> ResponseReturnValue:
    """It is done, with what came of it."""
    form = EndingForm(request.form)
    if not form.validate():
        return _page(task_for(task_id), form=form), 422
    ending = form.ending()
    return _step(task_id, lambda: desk.end_task(task_id, ending, actor=actor_id()), _("It is done."), form=form)


@bp.post("/<uuid:task_id>/cancel")
@for_coordinators
def cancel(task_id: uuid.UUID) -> ResponseReturnValue:
    """Nobody needs it any more."""
    reason = request.form.get("reason", "").strip()
    if not reason or len(reason) > LONGEST_ENDING:
        return _page(task_for(task_id), _("Say why, in 2,000 characters at most."), reason=reason), 422
    return _step(
        task_id, lambda: desk.cancel_task(task_id, reason, actor=actor_id()), _("Cancelled. It can be opened again.")
    )


@bp.post("/<uuid:task_id>/reopen")
@for_coordinators
def reopen(task_id: uuid.UUID) -> ResponseReturnValue:
    """It is not over after all."""
    return _step(task_id, lambda: desk.reopen_task(task_id, actor=actor_id()), _("It is open again."))


def _step(
    task_id: uuid.UUID, act: Callable[[], object], done: str, *, form: EndingForm | None = None
) -> ResponseReturnValue:
    task_for(task_id)
    try:
        with transaction():
            act()
    except DomainError as problem:
        session.expire_all()
        return _page(task_for(task_id), told(problem), form=form), 409
    flash(done)
    return back_to(task_id)


def _page(
    task: Task, problem: str = "", *, form: EndingForm | None = None, who: str = "", reason: str = ""
) -> str:  # fmt: skip
    events, asked = queries.list_events(task.id), queries.list_offers(task.id)
    people = _people_named(task, [offer.person_id for offer in asked])
    accounts = {event.actor_id for event in events} | {task.keeper_id, task.created_by}
    return render_template(
        "activities/staff/tasks/show.html", task=task, problem=problem, form=form or EndingForm(), who=who,
        reason=reason, events=events, offers=asked, people=people, details=details_of(task), ending=ending_of(task),
        accounts=names_of({each for each in accounts if each is not None}), event_words=EVENT_WORDS,
        pseudonyms=queries.pseudonyms_of([task.claimed_by, *(event.volunteer_id for event in events)]),
        subject=subjects_of([task]).get(task.id), groups=group_names([task]), answer_words=ANSWER_WORDS,
        languages=dict(spoken()), trust_words=TRUST_WORDS, is_open=task.state in OPEN_TASKS,
        is_ours=task.kind not in LETTER_KINDS, is_free=task.state == TaskState.OPEN, **shared(),
    )  # fmt: skip


def _people_named(task: Task, asked: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of those whom the page is about, as far as one may see them; each counts against the allowance."""
    found = {}
    for person_id in {task.about_id, task.person_id, *asked}:
        person = session.get(Person, person_id) if person_id is not None else None
        if person is None or not _may_see(person.id):
            continue
        found[person.id] = person
    take_shown(len(found))
    return {person_id: name_of(person) or _("Without a name") for person_id, person in found.items()}


def _may_see(person_id: uuid.UUID) -> bool:
    try:
        check_seen(current_user, person_id)
    except Forbidden:
        return False
    return True
