"""Calling from a list: the next person, their number by a button, what came of it, undoing the last."""

import uuid
from collections.abc import Callable
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.activities.forms import call_words as words
from campaign.activities.models import CallAttempt, CallEntry, CallList, CallListState, Outcome
from campaign.activities.queries import calls as queries
from campaign.activities.service import calls, calls_working
from campaign.activities.service.calls_working import Result
from campaign.activities.staff_views.calls_page import back_to, bp, for_callers, list_for, shared_words
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.kernel.text import id_in
from campaign.people.forms.values import shown
from campaign.people.forms.words import language_word
from campaign.people.models import LONGEST_NOTE, Person
from campaign.people.queries import person_page
from campaign.people.service.access import people_seen_by
from campaign.people.service.records import name_of
from campaign.people.service.timeline import list_happenings
from campaign.people.staff_views.blueprint import take_shown
from campaign.web.countries import country_name
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.opened import is_opened, note_opened
from campaign.web.steps import actor_id, told

MOST_LINES, MOST_NOTES = 5, 3


@bp.get("/<uuid:list_id>/next")
@for_callers
def show_next(list_id: uuid.UUID) -> ResponseReturnValue:
    """Whom one has in hand, with all that a call needs; with nobody in hand, the button for the next."""
    found = list_for(list_id)
    entry = queries.find_in_hand(list_id, actor_id(), within=people_seen_by(current_user))
    return _between_page(found) if entry is None else _call_page(found, entry)


@bp.post("/<uuid:list_id>/next")
@for_callers
def take_next(list_id: uuid.UUID) -> ResponseReturnValue:
    """Take the next person in hand."""
    list_for(list_id)
    return _to_next(list_id)


@bp.post("/<uuid:list_id>/stop")
@for_callers
def stop(list_id: uuid.UUID) -> ResponseReturnValue:
    """Stop calling: whom one has in hand is given back."""
    list_for(list_id)
    with transaction():
        calls_working.stop(list_id, actor_id())
    flash(_("You have nobody in hand now. Thank you for calling."))
    return back_to(list_id)


@bp.post("/<uuid:list_id>/undo")
@for_callers
def undo(list_id: uuid.UUID) -> ResponseReturnValue:
    """Take the last call back and have the person in hand again."""
    list_for(list_id)
    try:
        with transaction():
            calls_working.take_back(list_id, actor_id(), within=people_seen_by(current_user))
    except (Conflict, NotFound) as problem:
        flash(told(problem))
    else:
        flash(_("Taken back: this person is yours again. A note that you wrote stays."))
    return _back_to_next(list_id)


@bp.post("/<uuid:list_id>/entries/<uuid:entry_id>/show")
@for_callers
def show_number(list_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show the number: on record, taken from the allowance, and only of somebody whom one has in hand."""
    list_for(list_id)
    entry = queries.find_in_hand(list_id, actor_id(), within=people_seen_by(current_user))
    if entry is None or entry.id != entry_id:
        flash(_("This person is not yours to call any more."))
        return _back_to_next(list_id)
    numbers = queries.numbers_of(entry.person_id)
    take_shown(len(numbers))
    with transaction():
        about, why = f"person:{entry.person_id}", f"call-list:{list_id}"
        audit.record("person.shown", actor=actor_id(), about=about, amount=len(numbers), reason=why)
    note_opened(_about(entry))
    return _back_to_next(list_id, "number")


@bp.post("/<uuid:list_id>/entries/<uuid:entry_id>")
@for_callers
def write_down(list_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """What came of the call; then the next person."""
    found, result = list_for(list_id), _result()
    within, seen = people_seen_by(current_user), _seen()
    try:
        _entry_of(list_id, entry_id)
        with transaction():
            calls_working.write_down(entry_id, result, actor_id(), seen_attempts=seen, within=within)
    except (Conflict, NotFound) as problem:
        session.expire_all()
        return _kept_page(list_for(list_id), entry_id, problem), 409
    except DomainError as problem:
        session.expire_all()
        entry = queries.find_in_hand(list_id, actor_id(), within=within)
        if entry is None or entry.id != entry_id:
            return _kept_page(found, entry_id, problem), 422
        return _call_page(found, entry, problem=told(problem)), 422
    flash(_("Written down: %(outcome)s.", outcome=words.outcome_word(result.outcome)))
    return back_to(list_id) if "stop" in request.form else _to_next(list_id)


@bp.post("/<uuid:list_id>/entries/<uuid:entry_id>/skip")
@for_callers
def skip(list_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Not now; the next, please."""
    list_for(list_id)
    _quietly(lambda: calls_working.skip(entry_id, actor_id(), within=people_seen_by(current_user)))
    return _to_next(list_id)


def _to_next(list_id: uuid.UUID) -> ResponseReturnValue:
    """Take the next in hand, as far as anybody is called now."""
    _quietly(lambda: calls_working.take_next(list_id, actor_id(), within=people_seen_by(current_user)))
    return _back_to_next(list_id)


def _quietly(act: Callable[[], object]) -> None:
    """An act whose refusal the page that follows says by itself."""
    try:
        with transaction():
            act()
    except (Conflict, NotFound):
        session.expire_all()


def _back_to_next(list_id: uuid.UUID, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("calls_staff.show_next", list_id=list_id, _anchor=anchor), 303)


def _about(entry: CallEntry) -> str:
    return f"call:{entry.id.hex}"


def _entry_of(list_id: uuid.UUID, entry_id: uuid.UUID) -> CallEntry:
    entry = session.get(CallEntry, entry_id, populate_existing=True)
    if entry is None or entry.list_id != list_id:
        raise NotFound
    return entry


def _result() -> Result:
    form = request.form
    # A field of one line more than a note may have is refused with what was typed; nothing is cut silently.
    note = form.get("note", "").replace("\r\n", "\n").replace("\x00", "\ufffd")
    return Result(form.get("outcome", ""), note, _day(form.get("call_on", "")), id_in(form.get("number", "")))


def _seen() -> int:
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else -1


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _last(list_id: uuid.UUID) -> CallAttempt | None:
    """The call that can be taken back, if there is one."""
    last = queries.find_last_attempt(list_id, actor_id())
    return last if last is not None and last.before is not None and last.entry_id is not None else None


def _between_page(found: CallList) -> str:
    within = people_seen_by(current_user)
    return render_template(
        "activities/staff/calls/between.html", found=found, now=queries.count_next(found.id, within=within),
        figures=queries.figures_of([found])[found.id], last=_last(found.id), **shared_words(),
    )  # fmt: skip


def _kept_page(found: CallList, entry_id: uuid.UUID, problem: DomainError) -> str:
    """The call cannot be written down: said, and what was typed is there to be kept."""
    stands_at(url_for("calls_staff.show_next", list_id=found.id))
    entry = session.get(CallEntry, entry_id)
    return render_template(
        "activities/staff/calls/kept.html", found=found, problem=told(problem), note=request.form.get("note", ""),
        outcome=words.outcome_word(request.form.get("outcome", "")), person_id=entry.person_id if entry else None,
        call_on=_day(request.form.get("call_on", "")), **shared_words(),
    )  # fmt: skip


def _call_page(found: CallList, entry: CallEntry, problem: str = "") -> str:
    """The page of one call; the name is taken from the allowance first. Raises ShownEnough."""
    take_shown()
    if request.method == "POST":
        stands_at(url_for("calls_staff.show_next", list_id=found.id))
    person = person_page.get_person(entry.person_id)
    name, numbers = _name(person), queries.numbers_of(person.id)
    script, language = words.script_for(found.scripts, person.language)
    times, notes = words.local_times(person.country, clock.now()), person_page.list_notes(person.id)
    open_now = is_opened(_about(entry))
    return render_template(
        "activities/staff/calls/call.html", found=found, entry=entry, person=person, name=name, problem=problem,
        numbers=[(each.id, person_page.read_identity_of(each) if open_now else "") for each in numbers],
        is_open=open_now, script=words.said_to(script, name or _("you")), script_language=language,
        language_word=language_word, country=country_name(person.country, current_language()) if person.country else "",
        times=words.hours_in_words(times) if times else "", typed=request.form,
        is_fitting=times is None or words.is_within(times, found.hour_from, found.hour_to),
        notes=notes[:MOST_NOTES], names=names_of({each.written_by for each in notes if each.written_by}),
        values=[each for each in person_page.list_values(person.id) if not each.is_empty], shown=shown,
        lines=list_happenings(person.id)[:MOST_LINES], outcomes=calls.words_of(found), today=clock.today(),
        longest_note=LONGEST_NOTE, last=_last(found.id), figures=queries.figures_of([found])[found.id],
        other=Outcome, is_paused=found.state == CallListState.PAUSED, **shared_words(),
    )  # fmt: skip


def _name(person: Person) -> str:
    volunteer = None if person.name_sealed is not None else person_page.find_volunteer_of(person.id)
    return name_of(person) or (volunteer.pseudonym if volunteer is not None else "")
