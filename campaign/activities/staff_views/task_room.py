"""What the staff views of tasks share: who may come in, which tasks are theirs, what a task is about, and its names."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.activities.forms import task_words as words
from campaign.activities.forms.staff_tasks import Subject, read_subject
from campaign.activities.models import LETTER_KINDS, Task, TaskState
from campaign.activities.queries import tasks as queries
from campaign.activities.service.task_desk import PERSON
from campaign.kernel import clock
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.kernel.registry import role_scopes
from campaign.kernel.registry_tasks import task_subjects
from campaign.kernel.text import id_in
from campaign.people import policy
from campaign.people.forms.words import SKILL_WORDS
from campaign.people.service.access import check_seen
from campaign.web.guards import requires_some

bp = Blueprint("tasks_staff", __name__)
for_coordinators = requires_some(policy.SCOPE, *policy.READERS)


class NoSuchName(DomainError):
    """No volunteer of this pseudonym, and no page of a person."""


def within() -> frozenset[uuid.UUID] | None:
    """The groups whose tasks somebody sees; None: all tasks."""
    groups: frozenset[uuid.UUID] | None = current_user.subjects_of(policy.SCOPE, *policy.READERS)
    return groups


def task_for(task_id: uuid.UUID) -> Task:
    """The task, for whoever coordinates its group or everything, or has it; others do not learn whether it exists."""
    mine = within()
    try:
        task = queries.get_task(task_id)
    except NotFound:
        if mine is None:
            raise
        raise Forbidden from None
    if mine is not None and task.group_id not in mine and task.keeper_id != current_user.id:
        raise Forbidden
    return task


def groups_here(*, known: uuid.UUID | None = None) -> Sequence[tuple[uuid.UUID, str]]:
    """The groups that somebody may give tasks to, and one that is set already."""
    if policy.SCOPE not in role_scopes:
        return []
    mine, scope = within(), role_scopes[policy.SCOPE]
    groups = [each for each in scope.list_subjects() if mine is None or each[0] in mine]
    if known is not None and known not in {group for group, _name in groups}:
        groups += list(scope.names_of(frozenset({known})).items())
    return groups


def group_names(tasks: Iterable[Any]) -> dict[uuid.UUID, str]:
    """What the groups of tasks are called."""
    ids = frozenset(each.group_id for each in tasks if each.group_id is not None)
    return dict(role_scopes[policy.SCOPE].names_of(ids)) if ids and policy.SCOPE in role_scopes else {}


def subjects_of(tasks: Iterable[Any]) -> dict[uuid.UUID, tuple[str, str]]:
    """By task what it is about: its name and where it is seen. People stay without a name: that is shown one by one."""
    found: dict[uuid.UUID, tuple[str, str]] = {}
    by_kind: dict[str, list[Any]] = {}
    for each in tasks:
        if each.subject_kind in task_subjects and (each.subject_id or each.subject_kind == PERSON):
            by_kind.setdefault(each.subject_kind, []).append(each)
    for kind, those in by_kind.items():
        subject = task_subjects[kind]
        names = {} if kind == PERSON else subject.names_of(frozenset(each.subject_id for each in those))
        for each in those:
            about = each.about_id if kind == PERSON else each.subject_id
            name = names.get(about) or str(_(subject.label))
            found[each.id] = (name, subject.url_of(about))
    return found


def about_url(kind: str, subject_id: uuid.UUID | None) -> str:
    """The address of what something is about; empty where it is about nothing."""
    return task_subjects[kind].url_of(subject_id) if kind in task_subjects and subject_id is not None else ""


def checked(subject: Subject | None) -> Subject | None:
    """What a task is to be about. Raises Forbidden for a person whom one does not see."""
    if subject is not None and subject[0] == PERSON:
        check_seen(current_user, subject[1])
    return subject


def person_meant(text: str) -> uuid.UUID | None:
    """Whom a pseudonym or the address of a page means; None for nobody. Raises NoSuchName, Forbidden."""
    if not text.strip():
        return None
    subject = read_subject(text)
    if subject is not None and subject[0] == PERSON:
        found: uuid.UUID | None = subject[1]
    else:
        volunteer = queries.find_volunteer_by_name(text.strip())
        found = volunteer.person_id if volunteer is not None else None
    if found is None:
        raise NoSuchName(_("Nobody is called so, or more than one is. Paste the address of the person's page."))
    check_seen(current_user, found)
    return found


def back_to(task_id: uuid.UUID) -> ResponseReturnValue:
    """The task's page."""
    return redirect(url_for("tasks_staff.show_task", task_id=task_id), 303)


def id_sent(name: str) -> uuid.UUID | None:
    """An id that was sent or stands in the address; None for none."""
    return id_in(request.values.get(name, ""))


def shared() -> dict[str, Any]:
    """What the templates call things."""
    return {
        "words": words, "today": clock.today(), "skill_words": SKILL_WORDS, "states": TaskState,
        "letter_kinds": LETTER_KINDS,
    }  # fmt: skip
