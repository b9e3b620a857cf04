"""The steps of a segment: each act a form of its own, and nothing typed is lost. On the blueprint of segments."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.people import policy
from campaign.people.forms import segment_words as words
from campaign.people.forms.segment_forms import (
    NAME,
    ConditionForm,
    LimitForm,
    form_of,
    form_of_chosen,
    kind_of,
    offered,
    read_limit,
    typed,
)
from campaign.people.models import Segment
from campaign.people.queries.segment_tree import LimitBy, Match, Step, StepKind
from campaign.people.service.segments import edit
from campaign.people.staff_views.segments import back_to, bp, do, for_some, seen_version, tree_of

Save = Callable[[tuple[str, Any, bool]], None]


@bp.route("/<uuid:segment_id>/steps/new", methods=["GET", "POST"])
@for_some
def add_step(segment_id: uuid.UUID) -> ResponseReturnValue:
    """A step that adds or takes away, with its first condition: which one first, then what it asks for."""
    segment = _segment(segment_id)
    kind, seen = kind_of(request.values.get("kind", "")), seen_version()
    title = words.step_title(Step(kind), is_first=not tree_of(segment).steps)

    def save(chosen: tuple[str, Any, bool]) -> None:
        edit.add_step(segment_id, kind, chosen, seen_version=seen, actor=current_user)

    return _condition_page(
        segment, save, title, hidden={"kind": kind}, anchor=f"step-{len(tree_of(segment).steps) + 1}"
    )


@bp.route("/<uuid:segment_id>/steps/<int:at>/conditions/new", methods=["GET", "POST"])
@for_some
def add_condition(segment_id: uuid.UUID, at: int) -> ResponseReturnValue:
    """One more condition in a step."""
    segment, seen = _segment(segment_id), seen_version()
    step = _step(segment, at)

    def save(chosen: tuple[str, Any, bool]) -> None:
        edit.set_condition(segment_id, at - 1, None, chosen, seen_version=seen, actor=current_user)

    return _condition_page(segment, save, words.step_title(step, is_first=at == 1), anchor=f"step-{at}")


@bp.route("/<uuid:segment_id>/steps/<int:at>/conditions/<int:place>", methods=["GET", "POST"])
@for_some
def edit_condition(segment_id: uuid.UUID, at: int, place: int) -> ResponseReturnValue:
    """What a condition asks for."""
    segment, seen = _segment(segment_id), seen_version()
    step = _step(segment, at)
    if not 1 <= place <= len(step.conditions):
        abort(404)

    def save(chosen: tuple[str, Any, bool]) -> None:
        edit.set_condition(segment_id, at - 1, place - 1, chosen, seen_version=seen, actor=current_user)

    standing = form_of_chosen(step.conditions[place - 1])
    return _condition_page(segment, save, words.step_title(step, is_first=at == 1), standing, anchor=f"step-{at}")


@bp.post("/<uuid:segment_id>/steps/<int:at>/conditions/<int:place>/drop")
@for_some
def drop_condition(segment_id: uuid.UUID, at: int, place: int) -> ResponseReturnValue:
    """Take a condition out."""
    seen = seen_version()
    return do(
        segment_id,
        lambda: edit.drop_condition(segment_id, at - 1, place - 1, seen_version=seen, actor=current_user),
        _("Taken out. “Take the last change back” brings it back."),
    )


@bp.route("/<uuid:segment_id>/limit", methods=["GET", "POST"])
@for_some
def add_limit(segment_id: uuid.UUID) -> ResponseReturnValue:
    """A step that keeps so many of those who were found before it."""
    return _limit_page(_segment(segment_id), None)


@bp.route("/<uuid:segment_id>/steps/<int:at>/limit", methods=["GET", "POST"])
@for_some
def edit_limit(segment_id: uuid.UUID, at: int) -> ResponseReturnValue:
    """How many such a step keeps, and whom first."""
    return _limit_page(_segment(segment_id), at)


@bp.post("/<uuid:segment_id>/steps/<int:at>/kind")
@for_some
def set_kind(segment_id: uuid.UUID, at: int) -> ResponseReturnValue:
    """Whether a step adds or takes away, whoever meets all or any of its conditions."""
    seen, match = seen_version(), Match.ANY if request.form.get("match") == Match.ANY else Match.ALL
    kind = kind_of(request.form.get("kind", ""))
    return do(
        segment_id,
        lambda: edit.set_kind(segment_id, at - 1, kind, match, seen_version=seen, actor=current_user),
        anchor=f"step-{at}",
    )


@bp.post("/<uuid:segment_id>/steps/<int:at>/move")
@for_some
def move_step(segment_id: uuid.UUID, at: int) -> ResponseReturnValue:
    """One place up or down."""
    seen, by = seen_version(), -1 if request.form.get("to") == "up" else 1
    return do(
        segment_id, lambda: edit.move_step(segment_id, at - 1, by, seen_version=seen, actor=current_user),
        anchor=f"step-{max(at + by, 1)}",
    )  # fmt: skip


@bp.post("/<uuid:segment_id>/steps/<int:at>/drop")
@for_some
def drop_step(segment_id: uuid.UUID, at: int) -> ResponseReturnValue:
    """Take a step out."""
    seen = seen_version()
    return do(
        segment_id, lambda: edit.drop_step(segment_id, at - 1, seen_version=seen, actor=current_user),
        _("Taken out. “Take the last change back” brings it back."),
    )  # fmt: skip


def _condition_page(
    segment: Segment, save: Save, title: str, standing: ConditionForm | None = None, *,
    hidden: dict[str, str] | None = None, anchor: str,
) -> ResponseReturnValue:  # fmt: skip
    """The form of a condition, and storing what it says."""
    if request.method == "GET":
        name = request.args.get(NAME, "")
        form = standing if standing is not None and name in ("", standing.condition.name) else _empty(name)
        return _show_condition(segment, form, title, hidden or {})
    form = typed(request.form)
    if form is None:
        abort(404)
    if form.has_errors:
        return _show_condition(segment, form, title, hidden or {}), 422
    try:
        with transaction():
            save(form.chosen)
    except (Conflict, edit.NoRoom) as problem:
        return _show_condition(_segment(segment.id), form, title, hidden or {}, problem=_(problem.message)), 409
    return back_to(segment.id, anchor)


def _show_condition(
    segment: Segment, form: ConditionForm | None, title: str, hidden: dict[str, str], *, problem: str = ""
) -> str:
    return render_template(
        "people/staff/segments/condition.html", segment=segment, form=form, step_title=title, hidden=hidden,
        problem=problem, offered=offered(), whole=words.sentence(tree_of(segment)),
    )  # fmt: skip


def _limit_page(segment: Segment, at: int | None) -> ResponseReturnValue:
    if request.method == "GET":
        return _show_limit(segment, at, _standing_limit(segment, at))
    form, seen = read_limit(request.form), seen_version()
    if not form.is_right:
        return _show_limit(segment, at, form), 422
    try:
        with transaction():
            edit.set_limit(
                segment.id, form.number, form.order, at=None if at is None else at - 1, draws_anew=form.draws_anew,
                seen_version=seen, actor=current_user,
            )  # fmt: skip
    except (Conflict, edit.NoRoom) as problem:
        return _show_limit(_segment(segment.id), at, form, problem=_(problem.message)), 409
    if form.draws_anew and at is not None:
        flash(_("Drawn anew."))
    return back_to(segment.id, f"step-{at or len(tree_of(segment).steps) + 1}")


def _standing_limit(segment: Segment, at: int | None) -> LimitForm:
    if at is None:
        return LimitForm()
    step = _step(segment, at, StepKind.LIMIT)
    return LimitForm(str(step.amount), step.by)


def _show_limit(segment: Segment, at: int | None, form: LimitForm, *, problem: str = "") -> str:
    return render_template(
        "people/staff/segments/limit.html", segment=segment, form=form, at=at, problem=problem,
        orders={each.value: words.LIMIT_WORDS[each] for each in LimitBy}, whole=words.sentence(tree_of(segment)),
        here=url_for("segments.add_limit", segment_id=segment.id)
        if at is None
        else url_for("segments.edit_limit", segment_id=segment.id, at=at),
    )  # fmt: skip


def _empty(name: str) -> ConditionForm | None:
    return form_of(name, {}, is_not=False, checks=False)


def _segment(segment_id: uuid.UUID) -> Segment:
    segment = edit.seen_segment(segment_id, current_user)
    if not policy.can_edit_segment(current_user, segment):
        raise Forbidden
    return segment


def _step(segment: Segment, at: int, kind: StepKind | None = None) -> Step:
    """A step by its number, one with conditions unless `kind` says otherwise."""
    steps = tree_of(segment).steps
    if not 1 <= at <= len(steps):
        abort(404)
    step = steps[at - 1]
    if (step.kind is StepKind.LIMIT) != (kind is StepKind.LIMIT):
        abort(404)
    return step
