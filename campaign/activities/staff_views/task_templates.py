"""Tasks that come again: the list, the rule, the next days, pausing and ending."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.activities.forms.staff_tasks import UNIT_WORDS, WEEKDAYS, TemplateForm
from campaign.activities.models import RuleUnit, TaskTemplate, TemplateState
from campaign.activities.queries import givings as queries
from campaign.activities.queries import tasks as tasks_queries
from campaign.activities.service import recurring
from campaign.activities.staff_views.task_room import (
    about_url,
    bp,
    checked,
    for_coordinators,
    group_names,
    groups_here,
    shared,
    subjects_of,
    within,
)
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

STEPS = {"pause": TemplateState.PAUSED, "go-on": TemplateState.ACTIVE, "end": TemplateState.ENDED}


@bp.get("/recurring")
@for_coordinators
def list_templates() -> ResponseReturnValue:
    """What comes again, with its next day."""
    page = paginate(queries.select_templates(within=within()))
    return render_template(
        "activities/staff/tasks/templates.html", page=page, rule_words=rule_words, groups=group_names(page.items),
        titles={each.id: recurring.title_of(each) for each in page.items}, **shared(),
    )  # fmt: skip


@bp.route("/recurring/new", methods=["GET", "POST"])
@for_coordinators
def new_template() -> ResponseReturnValue:
    """Let something come again."""
    form = _form()
    if not form.is_submitted():
        form.starts_on.data = clock.today()
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            draft = form.draft()
            checked(draft.subject)
            template = recurring.make_template(draft, form.rule(), actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        return _edit_page(form, None, told(problem)), 422
    flash(_("It comes again from now on."))
    return _back_to(template.id)


@bp.get("/recurring/<uuid:template_id>")
@for_coordinators
def show_template(template_id: uuid.UUID) -> ResponseReturnValue:
    """Its rule, the next days, and the tasks that were made."""
    return _page(_template_for(template_id))


@bp.route("/recurring/<uuid:template_id>/edit", methods=["GET", "POST"])
@for_coordinators
def edit_template(template_id: uuid.UUID) -> ResponseReturnValue:
    """Change what comes from now on."""
    template = _template_for(template_id)
    form = _form(template)
    if not form.is_submitted():
        form.show(template, about_url(template.subject_kind, template.subject_id))
    if not form.validate_on_submit():
        return _edit_page(form, template), 422 if form.errors else 200
    try:
        with transaction():
            recurring.change_template(
                template_id, form.draft(), form.rule(), seen_version=form.seen_version, actor=actor_id()
            )
    except DomainError as problem:
        session.expire_all()
        template = _template_for(template_id)
        form.version.data = str(template.version)
        return _edit_page(form, template, told(problem)), 409
    flash(_("Saved. Tasks that were made stay as they are."))
    return _back_to(template_id)


@bp.post("/recurring/<uuid:template_id>/state")
@for_coordinators
def set_template_state(template_id: uuid.UUID) -> ResponseReturnValue:
    """Pause it, let it go on, or end it."""
    template, state = _template_for(template_id), STEPS.get(request.form.get("step", ""))
    if state is None:
        raise NotFound
    try:
        with transaction():
            recurring.set_state(template_id, state, actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        return _page(template, told(problem)), 409
    said = {TemplateState.PAUSED: _("It rests."), TemplateState.ACTIVE: _("It goes on.")}
    flash(said.get(state, _("Ended.")))
    return _back_to(template_id)


def rule_words(template: TaskTemplate) -> str:
    """When it comes, as one says it."""
    every, unit = template.every, RuleUnit(template.unit)
    if unit is RuleUnit.DAYS:
        return str(_("every day") if every == 1 else ngettext("every %(num)s day", "every %(num)s days", every))
    if unit is RuleUnit.WEEKS:
        day = str(WEEKDAYS[template.weekday or 0])
        often = _("every week") if every == 1 else ngettext("every %(num)s week", "every %(num)s weeks", every)
        return f"{often}: {day}"
    often = _("every month") if every == 1 else ngettext("every %(num)s month", "every %(num)s months", every)
    return str(_("%(often)s, on day %(day)s", often=often, day=template.month_day))


def _template_for(template_id: uuid.UUID) -> TaskTemplate:
    mine = within()
    try:
        template = queries.get_template(template_id)
    except NotFound:
        if mine is None:
            raise
        raise Forbidden from None
    if mine is not None and template.group_id not in mine:
        raise Forbidden
    return template


def _form(template: TaskTemplate | None = None) -> TemplateForm:
    form = TemplateForm()
    known = template.group_id if template is not None else None
    form.offer_groups(groups_here(known=known), may_be_none=within() is None)
    return form


def _page(template: TaskTemplate, problem: str = "") -> str:
    made = paginate(tasks_queries.select_of_template(template.id))
    return render_template(
        "activities/staff/tasks/template.html", template=template, problem=problem, page=made,
        rule=rule_words(template),
        title_words=recurring.title_of(template), details=recurring.draft_of(template).details,
        days=recurring.next_days(template), subject=subjects_of([template]).get(template.id),
        groups=group_names([template]), template_states=TemplateState, **shared(),
    )  # fmt: skip


def _edit_page(form: TemplateForm, template: TaskTemplate | None, problem: str = "") -> str:
    return render_template(
        "activities/staff/tasks/template_edit.html", form=form, template=template, problem=problem,
        unit_words=UNIT_WORDS, **shared(),
    )  # fmt: skip


def _back_to(template_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("tasks_staff.show_template", template_id=template_id), 303)
