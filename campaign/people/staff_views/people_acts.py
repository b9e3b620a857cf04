"""Acts on the ticked people or on all who match: chosen, looked at with their numbers, done, listed, taken back."""

import uuid

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select, select

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.text import id_in
from campaign.people import policy
from campaign.people.forms import people_acts as forms
from campaign.people.forms.people_filters import Filters
from campaign.people.models import BulkAct, BulkState, Person
from campaign.people.queries import bulk as queries
from campaign.people.queries import fields as fields_queries
from campaign.people.queries.name_index import name_index
from campaign.people.queries.people_list import select_ids
from campaign.people.service import bulk
from campaign.people.service.access import people_seen_by
from campaign.people.staff_views.people_list import ACT_SECONDS, filters_of, for_readers, hits_of, in_time, list_url
from campaign.web.guards import fresh

bp = Blueprint("people_acts", __name__)
ALL, WHO, ACT, SEEN = "all", "who", "act", "seen"
MOST_TICKED = 200
AT_WORK = frozenset({BulkState.RUNNING, BulkState.UNDOING})


@bp.get("")
@for_readers
def list_acts() -> ResponseReturnValue:
    """What was done to many people in the last thirty days, by whom, and whether it was taken back."""
    acts = queries.list_acts(made_by=_whose())
    who = {act.made_by for act in acts} | {act.undone_by for act in acts if act.undone_by is not None}
    return render_template(
        "people/staff/acts.html", acts=acts, names=names_of(who), words=forms.words_of_act, states=BulkState
    )


@bp.get("/new")
@for_readers
@fresh
def choose_act() -> ResponseReturnValue:
    """What to do to the ticked people or to all who match; once chosen, how many it would change."""
    return _choice_page()


@bp.post("/new")
@for_readers
@fresh
def begin_act() -> ResponseReturnValue:
    """Do it, unless the number of people is not the one that was seen."""
    deed, seen = _deed(), request.form.get(SEEN, "")
    if deed is None:
        return _choice_page(_("Choose what to do.")), 422
    try:
        with transaction():
            people = chosen_people()
            many = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0
            with in_time(_filters(), ACT_SECONDS):
                act = bulk.begin(deed, people, seen=many, actor=current_user.id)
    except Conflict as problem:
        return _choice_page(_(problem.message)), 409
    return redirect(url_for("people_acts.show_act", act_id=act.id), 303)


@bp.get("/<uuid:act_id>")
@for_readers
def show_act(act_id: uuid.UUID) -> ResponseReturnValue:
    """How far one act is, what it changed, and the button that takes it back."""
    return _act_page(act_id)


@bp.get("/<uuid:act_id>/progress")
@for_readers
def show_progress(act_id: uuid.UUID) -> ResponseReturnValue:
    """The same as numbers, for the page that follows it."""
    act = queries.get_act(act_id, made_by=_whose())
    return jsonify(done=bulk.progress_of(act), is_at_work=act.state in AT_WORK)


@bp.post("/<uuid:act_id>/undo")
@for_readers
@fresh
def undo_act(act_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back; what others have changed since stays."""
    queries.get_act(act_id, made_by=_whose())
    try:
        with transaction():
            bulk.undo(act_id, actor=current_user.id)
    except DomainError as problem:
        return _act_page(act_id, _(problem.message)), 409
    flash(_("Taken back, as far as nobody else has changed it since."))
    return redirect(url_for("people_acts.show_act", act_id=act_id), 303)


def _whose() -> uuid.UUID | None:
    """Whose acts may be seen and taken back: everybody's by those who see everybody, else one's own."""
    return None if policy.can_see_everybody(current_user) else current_user.id


def _filters() -> Filters:
    return filters_of(request.values.to_dict(flat=False))


def chosen_fields() -> list[tuple[str, str]]:
    """What a form of another page carries so that it means the same people; empty where nobody is chosen."""
    if ALL in request.values:
        return [(ALL, "1"), *_filters().arguments.items()]
    return [(WHO, each) for each in request.values.getlist(WHO)[:MOST_TICKED]]


def chosen_people() -> Select[uuid.UUID]:
    """Whom it is about: all who match what stands in the address, or those who were ticked, as far as one sees them."""
    within = people_seen_by(current_user)
    if ALL not in request.values:
        ticked = [each for each in map(id_in, request.values.getlist(WHO)[:MOST_TICKED]) if each is not None]
        chosen = select(Person.id).where(Person.id.in_(ticked))
        return chosen if within is None else chosen.where(Person.id.in_(within))
    filters, look = _filters(), name_index.look()
    return select_ids(filters.wanted, hits_of(filters, look), within=within, look=look)


def _deed() -> bulk.Deed | None:
    tags = dict(fields_queries.list_tag_names())
    return forms.read_deed(request.values.get(ACT, ""), tags, fields_queries.list_open_fields())


def _choice_page(problem: str = "") -> str:
    deed, filters = _deed(), _filters()
    is_all = ALL in request.values
    with in_time(filters, ACT_SECONDS):
        preview = bulk.preview(deed, chosen_people()) if deed is not None else None
        amount = preview.amount if preview is not None else bulk.count(chosen_people())
    return render_template(
        "people/staff/act_new.html", problem=problem, deed=deed, preview=preview, is_all=is_all, filters=filters,
        ticked=request.values.getlist(WHO)[:MOST_TICKED], chosen=request.values.get(ACT, ""),
        amount=amount,
        choices=forms.choices(fields_queries.list_tag_names(), fields_queries.list_open_fields()),
        words=forms.words_of_deed(deed) if deed is not None else "", back=list_url(filters.arguments),
    )  # fmt: skip


def _act_page(act_id: uuid.UUID, problem: str = "") -> str:
    act: BulkAct = queries.get_act(act_id, made_by=_whose())
    who = {act.made_by} | ({act.undone_by} if act.undone_by is not None else set())
    return render_template(
        "people/staff/act.html", act=act, words=forms.words_of_act(act), done=bulk.progress_of(act), problem=problem,
        names=names_of(who), is_at_work=act.state in AT_WORK, states=BulkState,
    )  # fmt: skip
