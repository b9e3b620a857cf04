"""Two records that may be of one person: the list, one pair side by side, merging and taking it apart again."""

import uuid
from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.text import id_in
from campaign.people.forms import doubles as forms
from campaign.people.models import DoubleState, DuplicateSuggestion
from campaign.people.queries import doubles as queries
from campaign.people.queries.likeness import Reason
from campaign.people.queries.person_page import find_volunteer_of, get_person
from campaign.people.service import doubles, listing, merging
from campaign.people.service.records import name_of
from campaign.people.staff_views.blueprint import for_everybody, take_shown
from campaign.web.guards import fresh
from campaign.web.paging import Page, requested_page
from campaign.web.steps import actor_id, told

bp = Blueprint("doubles", __name__)
PART = listing.Shown(tags=False)
KEEP = "keep"
"""Which record stays."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One suggestion with both names."""

    pair: DuplicateSuggestion
    one: listing.Row
    other: listing.Row


@bp.get("")
@for_everybody
def list_doubles() -> ResponseReturnValue:
    """What was suggested, the most alike first."""
    state = _word(DoubleState, request.args.get("state", "")) or DoubleState.PENDING
    reason = _word(Reason, request.args.get("reason", ""))
    found = queries.list_pairs(DoubleState(state), Reason(reason) if reason else None, number=requested_page())
    with transaction():
        may_open = listing.take_to_show(2 * len(found.items), actor=actor_id())
    ids = list({person for each in found.items for person in (each.one_id, each.other_id)})
    rows = {row.person.id: row for row in listing.read_rows(ids, PART, may_open=may_open)}
    shown = [
        Shown(each, rows[each.one_id], rows[each.other_id])
        for each in found.items
        if each.one_id in rows and each.other_id in rows
    ]
    return render_template(
        "people/staff/doubles/list.html", page=Page(shown, found.number, queries.PER_PAGE, found.total), state=state,
        reason=reason, run=queries.find_run(), may_open=may_open, forms=forms, states=DoubleState,
        decided=request.args.get("decided", ""),
    )  # fmt: skip


@bp.post("/search")
@for_everybody
def search() -> ResponseReturnValue:
    """Search anew, in the background."""
    with transaction():
        doubles.start(actor_id())
    return redirect(url_for("doubles.list_doubles"), 303)


@bp.get("/progress")
@for_everybody
def show_progress() -> ResponseReturnValue:
    """How far the search is, for the page that waits for it."""
    run = queries.find_run()
    return jsonify(done=run.done if run else 0, is_at_work=run is not None and run.ended_at is None)


@bp.post("/<uuid:pair_id>/<any(dismissed, pending):state>")
@for_everybody
def decide(pair_id: uuid.UUID, state: str) -> ResponseReturnValue:
    """Say for good that they are two, or take that back."""
    with transaction():
        decided = doubles.decide(pair_id, DoubleState(state), actor=actor_id())
    if not decided:
        flash(_("That was decided already."))
    elif state == DoubleState.PENDING:
        flash(_("They are in the list again."))
    is_over = decided and state == DoubleState.DISMISSED
    return redirect(url_for("doubles.list_doubles", decided=pair_id if is_over else None), 303)


@bp.get("/<uuid:one_id>/<uuid:other_id>")
@for_everybody
@fresh
def compare(one_id: uuid.UUID, other_id: uuid.UUID) -> ResponseReturnValue:
    """Two records side by side, with whose is taken where they differ."""
    return _compare_page(one_id, other_id)


@bp.post("/<uuid:one_id>/<uuid:other_id>")
@for_everybody
@fresh
def merge(one_id: uuid.UUID, other_id: uuid.UUID) -> ResponseReturnValue:
    """Make them one: the record that was chosen stays, and the address of the other leads to it."""
    winner, loser = _chosen(one_id, other_id)
    taken = {key for key, whose in request.form.items() if whose == str(loser)}
    seen = {each: int(request.form.get(f"version-{each}", "0") or 0) for each in (one_id, other_id)}
    try:
        with transaction():
            made = merging.merge_people(winner, loser, from_loser=taken, seen=seen, actor=actor_id())
    except Conflict as problem:
        return _compare_page(one_id, other_id, problem=told(problem)), 409
    return redirect(url_for("doubles.show_merge", merge_id=made.id), 303)


@bp.get("/merges/<uuid:merge_id>")
@for_everybody
def show_merge(merge_id: uuid.UUID) -> ResponseReturnValue:
    """What came of it, with the way back."""
    return _merge_page(merge_id)


@bp.post("/merges/<uuid:merge_id>/undo")
@for_everybody
@fresh
def undo(merge_id: uuid.UUID) -> ResponseReturnValue:
    """Take them apart again."""
    try:
        with transaction():
            undone = merging.undo_merge(merge_id, actor=actor_id())
    except merging.CannotUndo as problem:
        return _merge_page(merge_id, problem=told(problem)), 409
    flash(_("They are apart again, as they were."))
    if undone.since:
        flash(_("Changed since they were merged, and kept so: %(what)s.", what=forms.since_in_words(undone.since)))
    return redirect(url_for("doubles.show_merge", merge_id=merge_id), 303)


def _compare_page(one_id: uuid.UUID, other_id: uuid.UUID, *, problem: str = "") -> str:
    one, other = get_person(one_id), get_person(other_id)
    if one_id == other_id:
        raise NotFound
    take_shown(2)
    suggested, why = queries.which_stays(one, other)
    return render_template(
        "people/staff/doubles/compare.html", one=one, other=other, lines=forms.compared(one, other), problem=problem,
        names=[name_of(one), name_of(other)], pair=queries.find_pair(one_id, other_id), forms=forms,
        suggested=suggested, why=forms.STAYS_WORDS[why], keep=request.form.get(KEEP, str(suggested)),
        entries={each: queries.entries_of(each) for each in (one_id, other_id)}, typed=request.form,
        volunteers=[find_volunteer_of(each) for each in (one_id, other_id)], states=DoubleState,
    )  # fmt: skip


def _chosen(one_id: uuid.UUID, other_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Which record stays, and which goes; the suggested one where nothing was chosen."""
    both, keep = (one_id, other_id), id_in(request.form.get(KEEP, ""))
    if keep not in both:
        keep, _why = queries.which_stays(get_person(one_id), get_person(other_id))
    return (one_id, other_id) if keep == one_id else (other_id, one_id)


def _merge_page(merge_id: uuid.UUID, *, problem: str = "") -> str:
    made = queries.get_merge(merge_id)
    take_shown()
    return render_template(
        "people/staff/doubles/merged.html", made=made, name=name_of(get_person(made.winner_id)), problem=problem,
        days=merging.KEPT_DAYS,
    )  # fmt: skip


def _word(kind: type[DoubleState] | type[Reason], given: str) -> str:
    return given if given in set(kind) else ""
