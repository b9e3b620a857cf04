"""The board of tasks: columns by state, or one state as a list, narrowed by the address; and the same as a file."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.activities.forms import task_words as words
from campaign.activities.models import Task, TaskKind
from campaign.activities.queries import tasks as queries
from campaign.activities.service.task_words import title_of
from campaign.activities.staff_views.task_room import (
    bp,
    for_coordinators,
    group_names,
    groups_here,
    id_sent,
    shared,
    subjects_of,
    within,
)
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.spreadsheets import neutral
from campaign.people.models import Skill
from campaign.people.service.access import check_seen
from campaign.web.guards import fresh
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

PER_COLUMN, PER_PAGE, MOST_EXPORTED = 10, 50, 20_000
DUE = ("overdue", "soon", "week", "none")


@bp.get("")
@for_coordinators
def show_board() -> ResponseReturnValue:
    """All columns with their first tasks; with a state in the address that one alone, in pages."""
    wanted, today = wanted_here(), clock.today()
    conditions = _conditions(wanted)
    counts = queries.count_columns(conditions)
    page, columns = None, []
    if wanted.column:
        statement = queries.select_tasks(conditions, wanted, column=wanted.column)
        page = paginate(statement, per_page=PER_PAGE, total=counts[wanted.column])
        shown: list[Task] = list(page.items)
    else:
        columns = [(column, _first_of(column, conditions, wanted)) for column in counts if _stands(column, counts)]
        shown = [task for _column, tasks in columns for task in tasks]
    overdue, soon = queries.count_due(_conditions(replace(wanted, due="")), today)
    return render_template(
        "activities/staff/tasks/board.html", wanted=wanted, page=page, columns=columns, counts=counts, overdue=overdue,
        soon=soon, kinds=list(TaskKind), skills=list(Skill), due_choices=DUE, is_narrowed=within() is not None,
        groups_here=groups_here(), is_filtered=_is_filtered(wanted), **_names(shown), **shared(),
    )  # fmt: skip


@bp.route("/export", methods=["GET", "POST"])
@for_coordinators
@fresh
def export_tasks() -> ResponseReturnValue:
    """The board as it is narrowed, as one file; audited before its first byte leaves."""
    wanted = wanted_here()
    columns = [wanted.column] if wanted.column else list(queries.COLUMNS)
    conditions = _conditions(wanted)
    amount = sum(count for column, count in queries.count_columns(conditions).items() if column in columns)
    if request.method == "GET":
        return render_template("activities/staff/tasks/export.html", amount=min(amount, MOST_EXPORTED), wanted=wanted)
    tasks: list[Task] = []
    for column in columns:
        left = MOST_EXPORTED - len(tasks)
        tasks += session.scalars(queries.select_tasks(conditions, wanted, column=column).limit(left))
    with transaction():
        audit.record("tasks.exported", actor=actor_id(), amount=len(tasks))
    response = Response(_csv(tasks), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="tasks-{clock.today().isoformat()}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def wanted_here() -> queries.Wanted:
    """What the address asks for; what means nothing is left out."""
    given = request.args.get
    whose, column, kind, skill = given("whose", ""), given("state", ""), given("kind", ""), given("skill", "")
    group, due, sort = given("group", ""), given("due", ""), given("sort", "due")
    person = id_sent("person")
    if person is not None:
        check_seen(current_user, person)
    return queries.Wanted(
        whose=whose if whose in {queries.MINE, queries.TEAM} else queries.ALL,
        column=column if column in queries.COLUMNS else "", kind=kind if kind in set(TaskKind) else "",
        skill=skill if skill in set(Skill) else "",
        group=group if group == queries.NO_GROUP or id_sent("group") is not None else "", due=due if due in DUE else "",
        giving=id_sent("giving"), person=person, sort=sort if sort.removeprefix("-") in queries.SORTS else "due",
    )  # fmt: skip


def _conditions(wanted: queries.Wanted) -> list[Any]:
    return queries.conditions_of(wanted, account=actor_id(), within=within(), today=clock.today())


def _first_of(column: str, conditions: list[Any], wanted: queries.Wanted) -> Sequence[Task]:
    return session.scalars(queries.select_tasks(conditions, wanted, column=column).limit(PER_COLUMN)).all()


def _stands(column: str, counts: dict[str, int]) -> bool:
    """Whether the board has this column: handed-in work comes from letters alone, cancelled tasks are no work."""
    return column != queries.CANCELLED and (column != queries.HANDED_IN or bool(counts[column]))


def _is_filtered(wanted: queries.Wanted) -> bool:
    return any((wanted.kind, wanted.skill, wanted.group, wanted.due, wanted.giving, wanted.person))


def _names(tasks: Sequence[Task]) -> dict[str, Any]:
    return {
        "pseudonyms": queries.pseudonyms_of(task.claimed_by for task in tasks), "subjects": subjects_of(tasks),
        "accounts": names_of({task.keeper_id for task in tasks if task.keeper_id is not None}),
        "groups": group_names(tasks),
    }  # fmt: skip


def _csv(tasks: Sequence[Task]) -> str:
    """One line a task, behind a mark of UTF-8, without which Excel shows Cyrillic as noise. No person is named."""
    file = io.StringIO()
    file.write("\ufeff")
    out = csv.writer(file)
    out.writerow([
        "id", "kind", "state", "title", "group", "skill", "held_by", "made_on", "due_on", "done_on", "outcome",
        "minutes",
    ])  # fmt: skip
    names = _names(tasks)
    for task in tasks:
        out.writerow([
            task.id, task.kind, words.column_of(task), neutral(title_of(task)),
            neutral(names["groups"].get(task.group_id, "")), task.skill, neutral(_holder(task, names)),
            *(day.isoformat() if day else "" for day in (task.created_on, task.due_on, task.done_on)), task.outcome,
            task.minutes,
        ])  # fmt: skip
    return file.getvalue()


def _holder(task: Task, names: dict[str, Any]) -> str:
    if task.claimed_by is not None:
        return str(names["pseudonyms"].get(task.claimed_by, ""))
    if task.keeper_id is not None:
        return str(names["accounts"].get(task.keeper_id, ""))
    return str(_("a person")) if task.person_id is not None else ""
