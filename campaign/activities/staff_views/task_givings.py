"""One task for each of many people: from a segment or the list of people, looked at, given, followed, taken back."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select, select

from campaign.accounts.queries import names_of
from campaign.activities.forms import task_words as words
from campaign.activities.forms.staff_tasks import GIVEN_WORDS, GivingForm
from campaign.activities.models import TaskGiving
from campaign.activities.queries import givings as queries
from campaign.activities.service import giving
from campaign.activities.staff_views.task_room import (
    bp,
    for_coordinators,
    group_names,
    groups_here,
    id_sent,
    shared,
    within,
)
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from campaign.people import policy
from campaign.people.models import Segment, SegmentMember
from campaign.people.queries.segments import members_of
from campaign.people.service.segments import edit
from campaign.people.service.segments.audience import audience_of
from campaign.people.service.segments.freeze import freeze
from campaign.people.staff_views.people_acts import ALL, WHO, chosen_fields, chosen_people
from campaign.web.guards import fresh
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

SEGMENT, SEEN = "segment", "seen"
PREFIX = "give-"
"""Before the names of the form's fields, since filters of the list, which come along, have names like these."""


@bp.route("/give", methods=["GET", "POST"])
@for_coordinators
@fresh
def give_many() -> ResponseReturnValue:
    """Say what everybody is asked to do; then how many that is, and who is left out; then do it."""
    form = GivingForm(prefix=PREFIX)
    form.offer_groups(groups_here(), may_be_none=within() is None)
    if request.method == "GET" or not form.validate():
        return _choice_page(form), 200 if request.method == "GET" else 422
    if request.form.get("step") != "begin":
        return _choice_page(form, is_previewed=True)
    try:
        with transaction():
            made = _begin(form)
    except Forbidden:
        raise
    except DomainError as problem:
        session.expire_all()
        return _choice_page(form, told(problem), is_previewed=True), 409
    return redirect(url_for("tasks_staff.show_giving", giving_id=made.id), 303)


@bp.get("/givings")
@for_coordinators
def list_givings() -> ResponseReturnValue:
    """What was given to many people, the newest first."""
    page = paginate(queries.select_givings(made_by=_whose()))
    return render_template(
        "activities/staff/tasks/givings.html", page=page, names=names_of({each.made_by for each in page.items}),
        titles={each.id: giving.title_of(each) for each in page.items}, **shared(),
    )  # fmt: skip


@bp.get("/givings/<uuid:giving_id>")
@for_coordinators
def show_giving(giving_id: uuid.UUID) -> ResponseReturnValue:
    """How far it is, what it came to, and the button that takes it back."""
    return _giving_page(_giving_for(giving_id))


@bp.get("/givings/<uuid:giving_id>/progress")
@for_coordinators
def show_giving_progress(giving_id: uuid.UUID) -> ResponseReturnValue:
    """The same as numbers, for the page that follows it."""
    row = _giving_for(giving_id)
    return jsonify(done=giving.progress_of(row), is_at_work=row.state in giving.AT_WORK)


@bp.post("/givings/<uuid:giving_id>/undo")
@for_coordinators
@fresh
def undo_giving(giving_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel what nobody has begun."""
    row = _giving_for(giving_id)
    try:
        with transaction():
            giving.undo(giving_id, actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        return _giving_page(row, told(problem)), 409
    flash(_("What nobody has begun is cancelled, or will be in a moment."))
    return redirect(url_for("tasks_staff.show_giving", giving_id=giving_id), 303)


def _begin(form: GivingForm) -> TaskGiving:
    draft, typed = form.draft(), request.form.get(SEEN, "")
    seen = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
    segment = _segment()
    if segment is None:
        return giving.begin(draft, chosen_people(), seen=seen, actor=actor_id())
    # What it is used for names the kind alone: the title is sealed.
    used = freeze(segment.id, _("Tasks: %(kind)s", kind=words.kind_word(draft.task.kind)), actor=current_user)
    members = select(SegmentMember.person_id).where(SegmentMember.freeze_id == used.id)
    return giving.begin(draft, members, seen=seen, freeze_id=used.id, actor=actor_id())


def _segment() -> Segment | None:
    """The segment in the address or the form, if one may see it. Raises NotFound."""
    segment_id = id_sent(SEGMENT) if ALL not in request.values and WHO not in request.values else None
    return edit.seen_segment(segment_id, current_user) if segment_id is not None else None


def _people() -> Select[uuid.UUID]:
    segment = _segment()
    return members_of(segment.id, audience_of(current_user)) if segment is not None else chosen_people()


def _choice_page(form: GivingForm, problem: str = "", *, is_previewed: bool = False) -> str:
    segment = _segment()
    try:
        amount = giving.count(_people())
        outcomes = giving.preview(form.draft().task.kind, form.gap.data, _people()) if is_previewed else None
    except Conflict as refusal:
        amount, outcomes, problem = 0, None, problem or told(refusal)
    return render_template(
        "activities/staff/tasks/give.html", form=form, problem=problem, segment=segment, amount=amount,
        outcomes=outcomes, given_words=GIVEN_WORDS, is_all=ALL in request.values,
        people=[("segment", str(segment.id))] if segment is not None else chosen_fields(), most=giving.MOST,
        **shared(),
    )  # fmt: skip


def _giving_page(row: TaskGiving, problem: str = "") -> str:
    who = {each for each in (row.made_by, row.undone_by) if each is not None}
    return render_template(
        "activities/staff/tasks/giving.html", giving=row, problem=problem, title_words=giving.title_of(row),
        details=giving.details_of(row), outcomes=giving.outcomes_of(row), given_words=GIVEN_WORDS,
        task_states=giving.states_of(row), done=giving.progress_of(row), is_at_work=row.state in giving.AT_WORK,
        names=names_of(who), groups=group_names([row]), **shared(),
    )  # fmt: skip


def _whose() -> uuid.UUID | None:
    """Whose givings may be seen and taken back: everybody's by those who see everybody, else one's own."""
    return None if policy.can_see_everybody(current_user) else actor_id()


def _giving_for(giving_id: uuid.UUID) -> TaskGiving:
    whose: Any = _whose()
    row = session.get(TaskGiving, giving_id)
    if row is None or (whose is not None and row.made_by != whose):
        raise NotFound
    return row
