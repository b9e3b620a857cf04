"""One need: reported, changed, looked at, and every step of it."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.registry_needs import OriginFacts, need_origins
from campaign.kernel.text import id_in, one_line
from campaign.needs.forms.staff_needs import NeedForm, NoteForm, ReasonForm, VerifyForm
from campaign.needs.models import (
    ENDED,
    WAITING,
    Need,
    NeedCategory,
    NeedEvent,
    NeedSource,
    NeedState,
    NeedVisibility,
    Urgency,
)
from campaign.needs.queries import needs as queries
from campaign.needs.queries.consent import may_be_shown
from campaign.needs.queries.parcels import list_slots_of_need
from campaign.needs.service import fulfilment
from campaign.needs.service import needs as service
from campaign.needs.service.moves import note_of, words_of
from campaign.needs.staff_views.blueprint import bp, for_readers, for_workers, names_of_prisoners, shared_words
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.service.names import fold
from campaign.web.guards import fresh
from campaign.web.opened import is_opened, open_on_record
from campaign.web.steps import actor_id, step, told

MOST_FOUND, LONGEST_SEARCH = 20, 80


@bp.route("/new", methods=["GET", "POST"])
@for_workers
def report_need() -> ResponseReturnValue:
    """Report a need: of whom first, unless the address says so."""
    prisoner = _prisoner_here()
    if prisoner is None:
        return _choose_page()
    form, origin = NeedForm(), _origin_here(prisoner)
    if not form.is_submitted():
        form.begin(clock.today())
        _begin_from(form, origin)
    if not form.validate_on_submit():
        return _edit_page(form, prisoner, None, origin=origin), 422 if form.errors else 200
    try:
        with transaction():
            made = service.report(
                prisoner.id, form.draft(), actor=actor_id(), origin=(origin[0], origin[1]) if origin else None
            )
    except DomainError as problem:
        return _edit_page(form, prisoner, None, told(problem), origin), 409
    flash(_("Reported. Two others make sure of it now."))
    return _back(made.id)


@bp.route("/<uuid:need_id>/edit", methods=["GET", "POST"])
@for_workers
def edit_need(need_id: uuid.UUID) -> ResponseReturnValue:
    """Change it, for whoever has its words open. Whoever comes second is told, and loses nothing."""
    need, form = queries.get_need(need_id), NeedForm()
    if need.prisoner_id is None:
        raise NotFound
    if not form.is_submitted():
        if _is_closed(need):
            flash(_("Open what is written first: that is on record."))
            return _back(need_id)
        form.show(need, words_of(need))
    prisoner = get_prisoner(need.prisoner_id)
    if not form.validate_on_submit():
        return _edit_page(form, prisoner, need), 422 if form.errors else 200
    try:
        with transaction():
            service.edit(need_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        form.version.data = str(queries.get_need(need_id).version)
        return _edit_page(form, prisoner, queries.get_need(need_id), told(problem)), 409
    flash(_("Changed. Two others make sure of it anew."))
    return _back(need_id)


@bp.get("/<uuid:need_id>")
@for_readers
def show_need(need_id: uuid.UUID) -> str:
    """One need with its history, and what can be done."""
    return need_page(need_id)


@bp.post("/<uuid:need_id>/open")
@for_readers
@fresh
def open_need(need_id: uuid.UUID) -> ResponseReturnValue:
    """Open what is written of it, which is on record."""
    open_on_record(_about(need_id), lambda: service.look(need_id, actor=actor_id()), actor_id())
    return _back(need_id, anchor="words-title")


@bp.post("/<uuid:need_id>/verify")
@for_readers
def verify(need_id: uuid.UUID) -> ResponseReturnValue:
    """Say that one made sure of it, and how."""
    form = VerifyForm()
    if not form.validate():
        return need_page(need_id, verifying=form), 422
    return step(
        lambda: service.verify(
            need_id, form.checked_by, form.note.data or "", seen_version=form.seen_version, actor=actor_id()
        ),
        _("Noted. Two different people make sure of each need."), _url(need_id),
        lambda problem: need_page(need_id, problem, verifying=form),
    )  # fmt: skip


@bp.post("/<uuid:need_id>/decline")
@for_readers
def decline(need_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it will not be fulfilled through us, and why."""
    form = ReasonForm()
    return step(
        lambda: service.decline(need_id, form.reason.data or "", seen_version=form.seen_version, actor=actor_id()),
        _("Declined."), _url(need_id), lambda problem: need_page(need_id, problem, declining=form),
    )  # fmt: skip


@bp.post("/<uuid:need_id>/<any('approve','again'):act>")
@for_readers
def move(need_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Approve it, or take up again what had ended."""
    run = service.approve if act == "approve" else service.take_up_again
    said = _("Approved. It can be fulfilled now.") if act == "approve" else _("Reported anew. Two others look at it.")
    return step(
        lambda: run(need_id, seen_version=_seen_version(), actor=actor_id()), said, _url(need_id),
        lambda problem: need_page(need_id, problem),
    )  # fmt: skip


@bp.post("/<uuid:need_id>/<any('begin','back','still'):act>")
@for_workers
def see_to(need_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """See to it oneself, let it be open again, or say that it still holds."""
    if act == "begin":
        return step(
            lambda: fulfilment.begin_fulfilment(need_id, actor=actor_id()), _("It is being seen to."), _url(need_id),
            lambda problem: need_page(need_id, problem),
        )  # fmt: skip
    if act == "back":
        return step(
            lambda: fulfilment.back_to_approved(need_id, actor=actor_id(), by_hand=True), _("It is open again."),
            _url(need_id), lambda problem: need_page(need_id, problem),
        )  # fmt: skip
    return step(
        lambda: fulfilment.still_true(need_id, actor=actor_id()), _("Noted: it still holds."), _url(need_id),
        lambda problem: need_page(need_id, problem),
    )  # fmt: skip


@bp.post("/<uuid:need_id>/fulfil")
@for_workers
def fulfil(need_id: uuid.UUID) -> ResponseReturnValue:
    """What was needed is there."""
    form = NoteForm()
    return step(
        lambda: fulfilment.fulfil(need_id, actor=actor_id(), note=form.note.data or "", by_hand=True),
        _("Fulfilled. Thank you."), _url(need_id), lambda problem: need_page(need_id, problem, ending=form),
    )  # fmt: skip


@bp.post("/<uuid:need_id>/hide")
@for_readers
def hide(need_id: uuid.UUID) -> ResponseReturnValue:
    """Show the public nothing of it any more."""
    return step(
        lambda: service.show_less(need_id, NeedVisibility.HIDDEN, actor=actor_id()),
        _("The public sees nothing of it any more."), _url(need_id), lambda problem: need_page(need_id, problem),
    )  # fmt: skip


def need_page(
    need_id: uuid.UUID, problem: str = "", *, verifying: VerifyForm | None = None,
    declining: ReasonForm | None = None, ending: NoteForm | None = None,
) -> str:  # fmt: skip
    """The page, with what stood in the way of the last step."""
    need, events = queries.get_need(need_id), queries.list_events(need_id)
    is_open = is_opened(_about(need_id))
    return render_template(
        "needs/staff/show.html", need=need, problem=problem, events=events, is_open=is_open,
        has_words=_has_words(need, events), said=words_of(need) if is_open else "",
        notes={each.id: note_of(each) for each in events} if is_open else {},
        names=names_of({each.actor_id for each in events if each.actor_id}), name=_name_of(need),
        verifying=verifying or VerifyForm(formdata=None),
        declining=declining or ReasonForm(formdata=None), ending=ending or NoteForm(formdata=None),
        is_mine=need.author_id == actor_id(), has_verified=need.first_verified_by == actor_id(),
        is_waiting=need.state in WAITING, has_ended=need.state in ENDED, is_late=need.expires_on < clock.today(),
        may_be_shown=need.prisoner_id is not None and may_be_shown(need.prisoner_id),
        slots=list_slots_of_need(need_id), origin_url=_origin_url(need), kept_days=service.KEPT_DAYS,
        is_of_parcels=need.category == NeedCategory.PARCELS, is_held=fulfilment.is_held(need_id),
        is_unweighed=need.state == NeedState.IN_FULFILMENT and events[-1].word == "unweighed", **shared_words(),
    )  # fmt: skip


def _edit_page(
    form: NeedForm, prisoner: Prisoner, need: Need | None, problem: str = "",
    origin: tuple[str, uuid.UUID, OriginFacts] | None = None,
) -> str:  # fmt: skip
    return render_template(
        "needs/staff/edit.html", form=form, prisoner=prisoner, need=need, problem=problem, origin=origin,
        agrees=may_be_shown(prisoner.id), **shared_words(),
    )  # fmt: skip


def _choose_page() -> str:
    text = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    found = search_people(fold(text), published_only=False, limit=MOST_FOUND) if fold(text) else []
    return render_template(
        "needs/staff/choose.html", search=text, people=[get_prisoner(each) for each in found], **shared_words()
    )  # fmt: skip


def _begin_from(form: NeedForm, origin: tuple[str, uuid.UUID, OriginFacts] | None) -> None:
    if origin is None:
        return
    _kind, _id, facts = origin
    form.source.data = NeedSource.LETTER.value
    if facts.category in set(NeedCategory):
        form.category.data = facts.category
    if facts.is_urgent:
        form.urgency.data = Urgency.URGENT.value


def _prisoner_here() -> Prisoner | None:
    found = id_in(request.args.get("prisoner", ""))
    return get_prisoner(found) if found is not None else None


def _origin_here(prisoner: Prisoner) -> tuple[str, uuid.UUID, OriginFacts] | None:
    kind, origin_id = request.args.get("from", ""), id_in(request.args.get("id", ""))
    if kind not in need_origins or origin_id is None:
        return None
    facts = need_origins[kind].find(origin_id)
    if facts is None or facts.prisoner_id != prisoner.id:
        raise NotFound
    return kind, origin_id, facts


def _origin_url(need: Need) -> str:
    known = need.origin_id is not None and need.origin_kind in need_origins
    return need_origins[need.origin_kind].url_of(need.origin_id) if known and need.origin_id else ""


def _name_of(need: Need) -> str:
    return names_of_prisoners([need]).get(need.prisoner_id, "") if need.prisoner_id is not None else ""


def _has_words(need: Need, events: Sequence[NeedEvent]) -> bool:
    return need.words_sealed is not None or any(each.note_sealed is not None for each in events)


def _is_closed(need: Need) -> bool:
    return need.words_sealed is not None and not is_opened(_about(need.id))


def _about(need_id: uuid.UUID) -> str:
    return f"need:{need_id}"


def _seen_version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def _url(need_id: uuid.UUID) -> str:
    return url_for("needs_staff.show_need", need_id=need_id)


def _back(need_id: uuid.UUID, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("needs_staff.show_need", need_id=need_id, _anchor=anchor), 303)
