"""Call lists for staff: all of them, making and changing one, filling it, its way, its figures."""

import uuid
from collections.abc import Callable, Iterator, Sequence

from flask import Response, abort, flash, jsonify, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from campaign.activities.charts import INKS, draw_calls
from campaign.activities.forms.call_words import ENTRY_WORDS, outcome_word
from campaign.activities.forms.calls import PREFIX, CallListForm, FillForm
from campaign.activities.models import CallList, CallListState, EntryState
from campaign.activities.queries import calls as queries
from campaign.activities.service import calls, calls_filling
from campaign.activities.staff_views.calls_page import (
    back_to,
    bp,
    for_callers,
    groups_of_actor,
    list_for,
    list_page,
    shared_words,
)
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.kernel.exports import csv_lines
from campaign.kernel.text import one_line
from campaign.people import policy
from campaign.people.charts import funnel
from campaign.people.models import Segment, SegmentFreeze
from campaign.people.queries.segments import list_segments
from campaign.people.service.access import people_seen_by
from campaign.people.service.bulk import count
from campaign.people.service.listing import Shown, read_rows
from campaign.people.service.segments.edit import seen_segment
from campaign.people.service.segments.freeze import freeze, freeze_people
from campaign.people.staff_views.blueprint import take_shown
from campaign.people.staff_views.people_acts import chosen_fields, chosen_people
from campaign.web.guards import fresh
from campaign.web.i18n import day_of
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100
MOST_OTHERS = 50
SEGMENT = "segment"


@bp.get("")
@for_callers
def list_lists() -> str:
    """The lists one may see; what narrows them stands in the address."""
    search, state = one_line(request.args.get("q", ""), LONGEST_SEARCH), request.args.get("state", "")
    state = state if state in set(CallListState) else ""
    page = paginate(queries.lists_for(policy.groups_of(current_user), state=state, search=search))
    return render_template(
        "activities/staff/calls/list.html", page=page, search=search, state=state,
        figures=queries.figures_of(page.items), today=clock.today(), **shared_words(),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_callers
def make_list() -> ResponseReturnValue:
    """Make one: of a segment, of the people who were chosen in the list, or empty."""
    form = _form()
    segment, people = _segment(), chosen_fields()
    if not people and segment is None:
        del form.not_called_days, form.may_be_on_others
    if not form.validate_on_submit():
        return _edit_page(form, None, segment=segment, people=people), 422 if form.errors else 200
    try:
        with transaction():
            made = calls.create_list(form.draft(), actor=actor_id())
            if people or segment is not None:
                _fill(made, form, segment)
    except DomainError as problem:
        return _edit_page(form, None, told(problem), segment=segment, people=people), 409
    flash(_("The call list is made. Nobody is called before you open it."))
    return back_to(made.id)


@bp.route("/<uuid:list_id>/edit", methods=["GET", "POST"])
@for_callers
def edit_list(list_id: uuid.UUID) -> ResponseReturnValue:
    """Change what it says. Whoever comes second is told, and loses nothing."""
    found = list_for(list_id)
    form = _form(found)
    del form.not_called_days, form.may_be_on_others
    if not form.is_submitted():
        form.show(found)
    if not form.validate_on_submit():
        return _edit_page(form, found), 422 if form.errors else 200
    try:
        with transaction():
            calls.edit_list(list_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        form.version.data = str(list_for(list_id).version)
        return _edit_page(form, list_for(list_id), told(problem)), 409
    flash(_("Saved."))
    return back_to(list_id)


@bp.get("/<uuid:list_id>")
@for_callers
def show_list(list_id: uuid.UUID) -> str:
    """One list: how far it is, what came of the calls, who was left out."""
    return list_page(list_for(list_id))


@bp.post("/<uuid:list_id>/state")
@for_callers
def move_list(list_id: uuid.UUID) -> ResponseReturnValue:
    """Open it, pause, go on, close it."""
    list_for(list_id)
    to = request.form.get("to", "")
    if to not in set(CallListState):
        raise NotFound
    said = {
        CallListState.OPEN: _("The list is open: people can be called."),
        CallListState.PAUSED: _("The list is on a break: nobody new is called."),
        CallListState.CLOSED: _("The list is closed. Whoever was in somebody’s hand is given back."),
    }
    act = lambda: calls.move_list(list_id, CallListState(to), actor=actor_id())  # noqa: E731
    return _step(list_id, act, said.get(CallListState(to), ""))


@bp.route("/<uuid:list_id>/fill", methods=["GET", "POST"])
@for_callers
def fill_list(list_id: uuid.UUID) -> ResponseReturnValue:
    """Put more people onto it, out of a segment or those who were chosen in the list of people."""
    found, form = list_for(list_id), FillForm(prefix=PREFIX)
    segment, people = _segment(), chosen_fields()
    if not form.is_submitted() or not form.validate():
        return _fill_page(found, form, segment, people), 422 if form.errors else 200
    if segment is None and not people:
        return _fill_page(found, form, segment, people, _("Choose a segment.")), 422
    try:
        with transaction():
            _fill(found, form, segment)
    except DomainError as problem:
        return _fill_page(list_for(list_id), form, segment, people, told(problem)), 409
    return back_to(list_id, "left-out")


@bp.get("/<uuid:list_id>/progress")
@for_callers
def show_progress(list_id: uuid.UUID) -> ResponseReturnValue:
    """How far the filling is, for the page that follows it."""
    fills = queries.list_fills(list_for(list_id).id)
    running = [each for each in fills if not each.is_done]
    return jsonify(done=sum(each.seen for each in running), is_at_work=bool(running))


@bp.get("/<uuid:list_id>/people")
@for_callers
def list_people(list_id: uuid.UUID) -> str:
    """Who is on it, by name, as far as one may see them."""
    found, state = list_for(list_id), request.args.get("state", "")
    state = state if state in set(EntryState) else ""
    page = paginate(queries.entries_of(list_id, state=state, within=people_seen_by(current_user)))
    take_shown(len(page.items))
    rows = {row.person.id: row for row in read_rows([each.person_id for each in page.items], Shown(), may_open=True)}
    return render_template(
        "activities/staff/calls/people.html", found=found, page=page, state=state, rows=rows, **shared_words()
    )


@bp.get("/<uuid:list_id>/<any(days, outcomes, callers):what>-<scheme>.svg")
@for_callers
def draw(list_id: uuid.UUID, what: str, scheme: str) -> Response:
    """Calls of each day, how often each outcome came about, or who called how many, as a picture."""
    found = list_for(list_id)
    if scheme not in INKS:
        abort(404)
    if what == "days":
        days = queries.by_day(found.id)
        bars = [(day_of(day), reached, many - reached) for day, many, reached in days]
        picture = draw_calls(bars, ink=INKS[scheme], legend=(_("Answered"), _("Not answered")))
    else:
        amounts = [many for _word, many in queries.outcomes_of(found.id)]
        if what == "callers":
            amounts = [many for _caller, many, _reached in queries.by_caller(found.id)]
        rows = [(f"{at}.", many, format_decimal(many)) for at, many in enumerate(amounts, 1)]
        picture = funnel(rows, ink=INKS[scheme])
    return Response(picture, mimetype="image/svg+xml")


@bp.post("/<uuid:list_id>/export")
@for_callers
@fresh
def export(list_id: uuid.UUID) -> ResponseReturnValue:
    """What came of it, a line a person by their pseudonymous number: no name, no number to call."""
    found, within = list_for(list_id), people_seen_by(current_user)
    entries = session.scalars(queries.entries_of(list_id, within=within)).all()
    people = queries.people_of(entries)
    with transaction():
        audit.record("call_list.export", actor=actor_id(), about=f"call-list:{found.id}", amount=len(entries))

    def rows() -> Iterator[Sequence[str]]:
        yield [_("Person"), _("Country"), _("Language"), _("State"), _("Calls"), _("Last outcome"), _("Last called")]
        for each in entries:
            person = people.get(each.person_id)
            if person is not None:
                yield [
                    str(person.id), person.country or "", person.language, str(ENTRY_WORDS[EntryState(each.state)]),
                    str(each.attempts), outcome_word(each.last_outcome) if each.last_outcome else "",
                    each.last_called_on.isoformat() if each.last_called_on else "",
                ]  # fmt: skip

    response = Response(stream_with_context(csv_lines(rows())), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="calls.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _step(list_id: uuid.UUID, act: Callable[[], object], done: str) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except (Forbidden, NotFound):
        raise
    except DomainError as problem:
        session.expire_all()
        return list_page(list_for(list_id), told(problem)), 409
    flash(done)
    return back_to(list_id)


def _fill(found: CallList, form: FillForm, segment: Segment | None) -> None:
    purpose = _("Call list: %(title)s", title=found.title)
    people: SegmentFreeze
    if segment is not None:
        people = freeze(segment.id, purpose, actor=current_user)
    else:
        people = freeze_people(chosen_people(), purpose, actor=current_user)
    calls_filling.begin_fill(
        found.id, people, title="" if segment is None else segment.title, not_called_days=form.not_called_days.data,
        may_be_on_others=form.may_be_on_others.data, actor=actor_id(),
    )  # fmt: skip


def _segment() -> Segment | None:
    """The segment out of which people are to come; the filters of the list of people have one of that name as well."""
    typed = request.values.get(SEGMENT, "")
    if chosen_fields() or not typed:
        return None
    try:
        return seen_segment(uuid.UUID(typed), current_user)
    except ValueError:
        raise NotFound from None


def _form(found: CallList | None = None) -> CallListForm:
    form, groups = CallListForm(prefix=PREFIX), groups_of_actor()
    if found is not None and found.group_id is not None and found.group_id not in {each for each, _name in groups}:
        groups = [*groups, (found.group_id, _("a group that can be chosen no more"))]
    form.offer_groups(groups, may_be_none=policy.can_see_everybody(current_user))
    return form


def _edit_page(
    form: CallListForm, found: CallList | None, problem: str = "", *, segment: Segment | None = None,
    people: Sequence[tuple[str, str]] = (),
) -> str:  # fmt: skip
    amount = count(chosen_people()) if people else 0
    others: Sequence[CallList] = ()
    if people or segment is not None:
        alive = queries.lists_for(policy.groups_of(current_user), alive=True)
        others = session.scalars(alive.limit(MOST_OTHERS)).all()
    return render_template(
        "activities/staff/calls/edit.html", form=form, found=found, problem=problem, segment=segment, people=people,
        amount=amount, others=others, back=url_for("calls_staff.list_lists"), **shared_words(),
    )  # fmt: skip


def _fill_page(
    found: CallList, form: FillForm, segment: Segment | None, people: Sequence[tuple[str, str]], problem: str = ""
) -> str:
    return render_template(
        "activities/staff/calls/fill.html", found=found, form=form, segment=segment, people=people, problem=problem,
        amount=count(chosen_people()) if people else 0, segments=list_segments(current_user.id), **shared_words(),
    )  # fmt: skip
