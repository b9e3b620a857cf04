"""Making a task and changing what it says."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.activities.forms.staff_tasks import TaskForm
from campaign.activities.models import Task, TaskKind
from campaign.activities.queries.tasks import KINDS
from campaign.activities.service import task_desk as desk
from campaign.activities.service import task_offers as offers
from campaign.activities.staff_views.task_room import (
    about_url,
    back_to,
    bp,
    checked,
    for_coordinators,
    groups_here,
    person_meant,
    shared,
    task_for,
    within,
)
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.web.steps import actor_id, told


@bp.route("/new", methods=["GET", "POST"])
@for_coordinators
def new_task() -> ResponseReturnValue:
    """Ask for something; the address may say what it is about and whom to ask."""
    form = _form()
    if not form.is_submitted():
        form.about.data, form.who.data = request.args.get("about", ""), request.args.get("who", "")
        kind = request.args.get("kind", "")
        form.kind.data = kind if kind in set(KINDS) else TaskKind.CALL.value
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        person = person_meant(form.who.data or "")
        draft = form.draft(form.due_on.data)
        checked(draft.subject)
        with transaction():
            task = desk.make_task(draft, actor=actor_id())
            if person is not None:
                offers.offer(task.id, person, actor=actor_id())
    except Forbidden:
        raise
    except DomainError as problem:
        session.expire_all()
        return _edit_page(form, None, told(problem)), 422
    flash(_("The task is made, and they are asked.") if person is not None else _("The task is made."))
    return back_to(task.id)


@bp.route("/<uuid:task_id>/edit", methods=["GET", "POST"])
@for_coordinators
def edit_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Change what it says."""
    task = task_for(task_id)
    form = _form(task)
    if not form.is_submitted():
        form.show(task, about_url(task.subject_kind, task.about_id or task.subject_id))
    if not form.validate_on_submit():
        return _edit_page(form, task), 422 if form.errors else 200
    draft = form.draft(form.due_on.data)
    if draft.subject != _subject_of(task):
        checked(draft.subject)
    try:
        with transaction():
            desk.change_task(task_id, draft, seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        task = task_for(task_id)
        form.version.data = str(task.version)
        return _edit_page(form, task, told(problem)), 409
    flash(_("Saved."))
    return back_to(task_id)


def _subject_of(task: Task) -> tuple[str, uuid.UUID] | None:
    about = task.about_id or task.subject_id
    return (task.subject_kind, about) if about is not None else None


def _form(task: Task | None = None) -> TaskForm:
    form = TaskForm()
    if task is not None:
        form.was_due = task.due_on
        del form.who
    form.offer_groups(groups_here(known=task.group_id if task is not None else None), may_be_none=within() is None)
    return form


def _edit_page(form: TaskForm, task: Task | None, problem: str = "") -> str:
    return render_template("activities/staff/tasks/edit.html", form=form, task=task, problem=problem, **shared())
