"""Letter evenings for coordinators: the list, planning, whom to write to, and the prints."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.text import id_in, one_line
from campaign.penpals import documents, policy
from campaign.penpals.forms.evenings import (
    CARD_WORDS,
    HINDRANCE_WORDS,
    LANGUAGE_WORDS,
    STATE_WORDS,
    EveningForm,
    MoreForm,
)
from campaign.penpals.models import EveningState, ReservationState
from campaign.penpals.queries import evening_cards
from campaign.penpals.queries import evenings as queries
from campaign.penpals.queries.evening_cards import Seat
from campaign.penpals.queries.evenings import UNFINISHED, Planned
from campaign.penpals.service import evenings as service
from campaign.penpals.service.codes import show_code
from campaign.prisoners.queries.public_cards import list_cards
from campaign.web.guards import requires_some
from campaign.web.i18n import current_language
from campaign.web.paging import Page, paginate, requested_page
from campaign.web.steps import actor_id, told

bp = Blueprint("evenings_staff", __name__)
for_coordinators = requires_some(policy.SCOPE, *policy.COORDINATORS)
LONGEST_SEARCH = 100
SEATS_A_PAGE = 50
MOST_OFFERED = 20


def evening_for(event_id: uuid.UUID) -> Planned:
    """The evening, for whoever coordinates its group or everything; others do not learn whether it exists."""
    has_all = current_user.has_role(*policy.COORDINATORS)
    try:
        planned = queries.get_evening(event_id)
    except NotFound:
        if has_all:
            raise
        raise Forbidden from None
    group_id = planned.evening.group_id
    if not has_all and (group_id is None or not current_user.has_role_in(policy.SCOPE, group_id, *policy.COORDINATORS)):
        raise Forbidden
    return planned


def back_to(event_id: uuid.UUID) -> ResponseReturnValue:
    """The evening's page."""
    return redirect(url_for("evenings_staff.show_evening", event_id=event_id), 303)


@bp.get("")
@for_coordinators
def list_evenings() -> ResponseReturnValue:
    """Evenings ahead, past, or over and not recorded; all of it in the address."""
    within = current_user.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    when = request.args.get("when", "")
    when = when if when in {"past", "unrecorded"} else "ahead"
    chosen = {name: request.args.get(name, "") for name in ("state", "group")}
    statement = queries.staff_evenings(within=within, today=clock.today(), when=when, search=search, **chosen)
    page = paginate(statement, whole_rows=True)
    return render_template(
        "penpals/staff/evenings/list.html", page=page, search=search, when=when, **chosen, **_words(),
        figures=queries.figures_of([event.id for _evening, event, _group in page.items]),
        groups=queries.list_groups_for(within), unrecorded=queries.count_unrecorded(within, clock.today()),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_coordinators
def plan_evening() -> ResponseReturnValue:
    """Plan an evening."""
    form = _form(None)
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            planned = service.plan_evening(form.draft(), actor=actor_id())
    except DomainError as problem:
        return _edit_page(form, None, told(problem)), 422
    flash(_("The evening is planned. Next, reserve the people to write to."))
    return back_to(planned.event.id)


@bp.route("/<uuid:event_id>/edit", methods=["GET", "POST"])
@for_coordinators
def edit_evening(event_id: uuid.UUID) -> ResponseReturnValue:
    """Change what is planned."""
    planned = evening_for(event_id)
    form = _form(planned)
    if not form.is_submitted():
        form.show(planned)
    if not form.validate_on_submit():
        return _edit_page(form, planned), 422 if form.errors else 200
    try:
        with transaction():
            service.change_evening(event_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except Conflict as problem:
        stored = queries.get_evening(event_id)
        form.version.data = str(stored.version)
        return _edit_page(form, stored, told(problem), stored=stored), 409
    except DomainError as problem:
        return _edit_page(form, queries.get_evening(event_id), told(problem)), 422
    flash(_("The evening is saved."))
    return back_to(event_id)


@bp.get("/<uuid:event_id>")
@for_coordinators
def show_evening(event_id: uuid.UUID) -> ResponseReturnValue:
    """One evening: whom it writes to, its prints, and what came of it."""
    return evening_page(evening_for(event_id))


def evening_page(planned: Planned, problem: str = "", form: MoreForm | None = None) -> str:
    """The page, with what stood in the way of the last step."""
    today, is_all = clock.today(), request.args.get("only") == "all"
    everybody = evening_cards.list_seats(planned.event.id, today)
    gone = [each for each in everybody if each.hindrance]
    seats = everybody if is_all else [each for each in everybody if _came_to_it(each)]
    number = min(requested_page(), max(1, -(-len(seats) // SEATS_A_PAGE)))
    shown = seats[(number - 1) * SEATS_A_PAGE : number * SEATS_A_PAGE]
    return render_template(
        "penpals/staff/evenings/show.html", planned=planned, problem=problem, **_words(), gone=gone,
        figures=queries.figures_of([planned.event.id])[planned.event.id], today=today,
        page=Page(shown, number, SEATS_A_PAGE, len(seats)), more=form or MoreForm(formdata=None),
        is_open=planned.evening.state in UNFINISHED, hidden=len(everybody) - len(seats), is_all=is_all,
    )  # fmt: skip


@bp.post("/<uuid:event_id>/reserve")
@for_coordinators
def reserve(event_id: uuid.UUID) -> ResponseReturnValue:
    """Reserve whom the evening is planned for, or so many more."""
    planned, form = evening_for(event_id), MoreForm()
    if "more" in request.form and not form.validate():
        return evening_page(planned, form=form), 422
    try:
        with transaction():
            made = service.reserve(event_id, actor=actor_id(), more=form.more.data if "more" in request.form else None)
    except DomainError as problem:
        return evening_page(queries.get_evening(event_id), told(problem)), 409
    flash(ngettext("%(num)s person is reserved.", "%(num)s people are reserved.", len(made)))
    return back_to(event_id)


@bp.route("/<uuid:event_id>/addressees/<uuid:reservation_id>/swap", methods=["GET", "POST"])
@for_coordinators
def swap(event_id: uuid.UUID, reservation_id: uuid.UUID) -> ResponseReturnValue:
    """Choose somebody else for one addressee, or give them back."""
    planned = evening_for(event_id)
    if request.method == "GET":
        return _swap_page(planned, reservation_id)
    try:
        with transaction():
            service.swap(event_id, reservation_id, actor=actor_id(), prisoner_id=_chosen())
    except DomainError as problem:
        return evening_page(queries.get_evening(event_id), told(problem)), 409
    flash(_("Somebody else is reserved. Print the cards anew, or add the one card by hand."))
    return back_to(event_id)


@bp.post("/<uuid:event_id>/addressees/<uuid:reservation_id>/give-back")
@for_coordinators
def give_back(event_id: uuid.UUID, reservation_id: uuid.UUID) -> ResponseReturnValue:
    """Take one addressee off the evening."""
    evening_for(event_id)
    try:
        with transaction():
            service.give_back(event_id, reservation_id, actor=actor_id())
    except DomainError as problem:
        return evening_page(queries.get_evening(event_id), told(problem)), 409
    flash(_("The person is given back and can be written to by others."))
    return back_to(event_id)


@bp.post("/<uuid:event_id>/swap-unreachable")
@for_coordinators
def swap_unreachable(event_id: uuid.UUID) -> ResponseReturnValue:
    """Take others for everybody whom no letter reaches any more."""
    evening_for(event_id)
    try:
        with transaction():
            swapped, without = service.swap_unreachable(event_id, actor=actor_id())
    except DomainError as problem:
        return evening_page(queries.get_evening(event_id), told(problem)), 409
    flash(ngettext("%(num)s person is swapped.", "%(num)s people are swapped.", swapped - without))
    if without:
        flash(ngettext("For %(num)s there was nobody else.", "For %(num)s there was nobody else.", without))
    return back_to(event_id)


@bp.post("/<uuid:event_id>/cancel")
@for_coordinators
def cancel(event_id: uuid.UUID) -> ResponseReturnValue:
    """Call it off and give everybody back."""
    evening_for(event_id)
    try:
        with transaction():
            service.cancel_evening(event_id, actor=actor_id())
    except DomainError as problem:
        return evening_page(queries.get_evening(event_id), told(problem)), 409
    flash(_("The evening is called off, and everybody is given back."))
    return back_to(event_id)


@bp.get("/<uuid:event_id>/print/<any(cards, list, handout):what>")
@for_coordinators
def print_evening(event_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Cards, the host's list or the hand-out as PDF; whom no letter reaches today is left out."""
    planned = evening_for(event_id)
    language = planned.evening.language
    if what == "handout":
        return _pdf(documents.render_handout(language), planned, what)
    cards = evening_cards.list_card_texts(event_id, language, clock.today())
    made = (
        documents.render_cards(cards, language) if what == "cards" else documents.render_list(planned, cards, language)
    )
    return _pdf(made, planned, what)


def _pdf(content: bytes, planned: Planned, what: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{planned.event.slug}-{what}.pdf"'
    return response


def _came_to_it(seat: Seat) -> bool:
    """Whether it was not swapped or given back before the evening: that ends a reservation on the day it was made."""
    row = seat.reservation
    is_gone = row.state in {ReservationState.RELEASED, ReservationState.EXPIRED}
    return not is_gone or row.expires_at.date() > row.made_on


def _chosen() -> uuid.UUID | None:
    return id_in(request.form.get("prisoner", ""))


def _swap_page(planned: Planned, reservation_id: uuid.UUID) -> ResponseReturnValue:
    today = clock.today()
    seats = evening_cards.list_seats(planned.event.id, today)
    seat = next((each for each in seats if each.reservation.id == reservation_id), None)
    if seat is None:
        raise NotFound
    if planned.evening.state not in UNFINISHED or seat.reservation.state != ReservationState.LIVE:
        return back_to(planned.event.id)
    candidates = queries.list_candidates(planned.event.id, today)[:MOST_OFFERED]
    cards = {each.id: each for each in list_cards([each.id for each in candidates], current_language())}
    return render_template(
        "penpals/staff/evenings/swap.html", planned=planned, seat=seat, candidates=candidates, cards=cards, **_words()
    )


def _form(planned: Planned | None) -> EveningForm:
    form = EveningForm()
    within = current_user.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    groups = list(queries.list_groups_for(within))
    if planned is not None and planned.group is not None and planned.group not in groups:
        groups.append(planned.group)
    form.offer_groups(groups, current_language(), may_be_none=within is None)
    return form


def _edit_page(form: EveningForm, planned: Planned | None, problem: str = "", *, stored: Planned | None = None) -> str:
    return render_template(
        "penpals/staff/evenings/edit.html", form=form, planned=planned, problem=problem, stored=stored, **_words()
    )


def _words() -> dict[str, Any]:
    return {
        "state_words": STATE_WORDS, "language_words": LANGUAGE_WORDS, "hindrance_words": HINDRANCE_WORDS,
        "card_words": CARD_WORDS, "show_code": show_code, "states": EveningState,
    }  # fmt: skip
