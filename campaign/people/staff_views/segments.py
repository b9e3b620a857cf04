"""Segments: the list, one with its steps and figures, and what is done to it as a whole."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.kernel.registry_people import segment_conditions
from campaign.people import policy
from campaign.people.charts import funnel
from campaign.people.forms import segment_words as words
from campaign.people.forms.segment_forms import offered
from campaign.people.models import AutomationState, CountState, Segment, SegmentCount
from campaign.people.queries import segments as queries
from campaign.people.queries.automations import list_using
from campaign.people.queries.segment_tree import Refused, Tree, check_tree, first_emptied, read_tree
from campaign.people.service.segments import count, edit
from campaign.people.service.segments.audience import audience_of
from campaign.web.charts import INKS
from campaign.web.guards import requires_some
from campaign.web.i18n import day_of

bp = Blueprint("segments", __name__)
for_some = requires_some(policy.SCOPE, *policy.READERS)
ARCHIVED = "archived"


@bp.get("")
@for_some
def list_segments() -> str:
    """One's own and those that are shared, with how many they were last."""
    return _list_page()


@bp.post("")
@for_some
def create_segment() -> ResponseReturnValue:
    """A new one without steps, under a title."""
    title, is_shared = request.form.get("title", ""), "shared" in request.form
    try:
        with transaction():
            made = edit.make_segment(title, Tree(), is_shared=is_shared, actor=current_user)
    except edit.BadTitle as problem:
        return _list_page(problem=_(problem.message), title=title, is_shared=is_shared), 422
    return back_to(made.id)


@bp.get("/<uuid:segment_id>")
@for_some
def show_segment(segment_id: uuid.UUID) -> str:
    """Its steps, what they mean, and how many people that are."""
    segment = edit.seen_segment(segment_id, current_user)
    audience = audience_of(current_user)
    figures, tree = queries.find_count(segment_id, audience), tree_of(segment)
    # A role for some groups sees the uses of its own groups alone: others would tell how many there are elsewhere.
    freezes = queries.list_freezes(segment_id, audience=None if audience == queries.EVERYBODY else audience)
    return render_template(
        "people/staff/segments/show.html", segment=segment, tree=tree, figures=figures, words=words,
        whole=words.sentence(tree), problems=problems_of(tree), offered=offered(), is_fitting=_fits(figures, segment),
        emptied=first_emptied(figures.steps) if figures is not None else 0, states=CountState,
        is_old=figures is not None and count.is_old(figures), freezes=freezes,
        names=names_of({each for each in (segment.owner_id, *(used.made_by for used in freezes)) if each}),
        may_edit=policy.can_edit_segment(current_user, segment), conditions=segment_conditions,
        is_narrowed=audience != queries.EVERYBODY, **_rules_using(segment_id),
    )  # fmt: skip


@bp.get("/<uuid:segment_id>/count.json")
@for_some
def show_count(segment_id: uuid.UUID) -> ResponseReturnValue:
    """Whether it is still being counted, for the page that waits."""
    edit.seen_segment(segment_id, current_user)
    figures = queries.find_count(segment_id, audience_of(current_user))
    at_work = figures is not None and figures.state == CountState.WAITING
    return jsonify(done=0 if figures is None else figures.total or 0, is_at_work=at_work)


@bp.get("/<uuid:segment_id>/funnel-<scheme>.svg")
@for_some
def draw_funnel(segment_id: uuid.UUID, scheme: str) -> Response:
    """How many are in after each step, as a picture."""
    edit.seen_segment(segment_id, current_user)
    figures = queries.find_count(segment_id, audience_of(current_user))
    if scheme not in INKS or figures is None:
        abort(404)
    rows = [
        (f"{number}.", each["after"], format_decimal(each["after"])) for number, each in enumerate(figures.steps, 1)
    ]
    return Response(funnel(rows, ink=INKS[scheme]), mimetype="image/svg+xml")


@bp.post("/<uuid:segment_id>/name")
@for_some
def name_segment(segment_id: uuid.UUID) -> ResponseReturnValue:
    """Another title; shared, or one's own."""
    shared, seen = "shared" in request.form, seen_version()
    title = request.form.get("title", "")
    return do(
        segment_id,
        lambda: edit.name_segment(segment_id, title, is_shared=shared, seen_version=seen, actor=current_user),
        _("Saved."),
    )


@bp.post("/<uuid:segment_id>/copy")
@for_some
def copy_segment(segment_id: uuid.UUID) -> ResponseReturnValue:
    """The same steps once more, as one's own."""
    title = _("%(title)s (copy)", title=edit.seen_segment(segment_id, current_user).title)
    with transaction():
        made = edit.copy_segment(segment_id, title, actor=current_user)
    flash(_("This is the copy; it is yours alone until you share it."))
    return back_to(made.id)


@bp.post("/<uuid:segment_id>/archive")
@for_some
def archive_segment(segment_id: uuid.UUID) -> ResponseReturnValue:
    """Put it away; the page offers to bring it back."""
    text = request.form.get("rules", "")
    seen = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    return do(
        segment_id, lambda: edit.put_away(segment_id, seen_rules=seen, actor=current_user),
        _("Put away. Nothing is deleted: bring it back whenever you like."),
    )  # fmt: skip


@bp.post("/<uuid:segment_id>/restore")
@for_some
def restore_segment(segment_id: uuid.UUID) -> ResponseReturnValue:
    """Bring it back."""
    return do(segment_id, lambda: edit.bring_back(segment_id, actor=current_user), _("It is back."))


@bp.post("/<uuid:segment_id>/undo")
@for_some
def undo_change(segment_id: uuid.UUID) -> ResponseReturnValue:
    """Let the steps be as they were before the last change."""
    seen = seen_version()
    return do(
        segment_id, lambda: edit.take_back(segment_id, seen_version=seen, actor=current_user),
        _("The steps are as they were before."),
    )  # fmt: skip


@bp.post("/<uuid:segment_id>/count")
@for_some
def count_again(segment_id: uuid.UUID) -> ResponseReturnValue:
    """Have it counted anew, in the background."""
    segment = edit.seen_segment(segment_id, current_user)
    return do(segment_id, lambda: count.ask_for_count(segment, current_user), _("It is being counted."))


def do(segment_id: uuid.UUID, act: Callable[[], Any], said: str = "", anchor: str | None = None) -> ResponseReturnValue:
    """One act in one transaction; what it refuses is said above the page, and nothing is changed."""
    try:
        with transaction():
            act()
    except Forbidden:
        raise
    except DomainError as problem:
        if not problem.message:
            raise
        flash(_(problem.message))
    else:
        if said:
            flash(said)
    return back_to(segment_id, anchor)


def back_to(segment_id: uuid.UUID, anchor: str | None = None) -> ResponseReturnValue:
    """The segment's page."""
    return redirect(url_for("segments.show_segment", segment_id=segment_id, _anchor=anchor), 303)


def seen_version() -> int:
    """The version that the form was made from."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def tree_of(segment: Segment) -> Tree:
    """Its steps; none where they cannot be read, as after a step back to an older version of this place."""
    try:
        return read_tree(segment.tree)
    except Refused:
        return Tree()


def problems_of(tree: Tree) -> dict[int, list[str]]:
    """What stands in the way of counting, by step; 0: of the whole."""
    found: dict[int, list[str]] = {}
    for each in check_tree(tree, segment_conditions):
        found.setdefault(each.step, []).append(words.problem_words(each))
    return found


def _rules_using(segment_id: uuid.UUID) -> dict[str, Any]:
    """The automations that ask for it, and how many of them are on."""
    rules = list_using(segment_id)
    return {
        "rules": rules, "rules_on": [each for each in rules if each.state == AutomationState.ON],
        "may_automate": policy.can_automate(current_user),
    }  # fmt: skip


def _fits(figures: SegmentCount | None, segment: Segment) -> bool:
    """Whether the figures are of the steps that stand there now."""
    return figures is not None and figures.total is not None and figures.tree == segment.tree


def _list_page(*, problem: str = "", title: str = "", is_shared: bool = False) -> str:
    archived = ARCHIVED in request.args
    segments = queries.list_segments(current_user.id, archived=archived)
    return render_template(
        "people/staff/segments/list.html", segments=segments, problem=problem, title=title, is_shared=is_shared,
        figures=queries.counts_of([each.id for each in segments], audience_of(current_user)), archived=archived,
        names=names_of({each.owner_id for each in segments if each.owner_id}), is_old=count.is_old, states=CountState,
        sentence_of=lambda segment: words.sentence(tree_of(segment)), day_of=day_of,
    )  # fmt: skip
