"""A writer's own letters: whom they write to, the conversation, the composer, and what can still be done."""

import uuid
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.views.visitor import signed_in
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.switches import Switch, is_on
from campaign.letters.forms.marks import pieces_of, remarks_of
from campaign.letters.forms.own import OPENINGS, ComposeForm
from campaign.letters.forms.words import HOLD_WORDS, MEANING, SEVERITY_WORDS, STATE_WORDS, event_words
from campaign.letters.models import EDITABLE, ENDED, GONE_OUT, HoldReason, Letter, LetterState
from campaign.letters.queries import own as queries
from campaign.letters.queries.pages import room_for
from campaign.letters.queries.ways import list_ways
from campaign.letters.service import bodies, drafts, pictures
from campaign.letters.service.checking import check_letter
from campaign.letters.service.errors import ChangedElsewhere, TextGone
from campaign.letters.service.submitting import submit
from campaign.penpals.queries.writers import find_own
from campaign.people.models import Volunteer
from campaign.prisoners.models import PrisonerState
from campaign.web.fields import uploaded
from campaign.web.i18n import current_language

bp = Blueprint("own_letters", __name__)
BACKABLE = frozenset({LetterState.IN_TRANSLATION, LetterState.IN_MODERATION, LetterState.QUEUED, LetterState.HELD})
WORDS: dict[str, Any] = {
    "state_words": STATE_WORDS, "meaning": MEANING, "hold_words": HOLD_WORDS, "severity_words": SEVERITY_WORDS,
    "event_words": event_words, "PrisonerState": PrisonerState, "HoldReason": HoldReason,
}  # fmt: skip


@bp.get("")
def list_own() -> ResponseReturnValue:
    """Everybody one writes to, those first for whom something is to be done."""
    found = find_own(signed_in().id)
    today = clock.today()
    people = queries.list_correspondents(found[0].id, today) if found else []
    return render_template(
        "letters/own/list.html", volunteer=found[0] if found else None, people=people, today=today,
        is_open=is_on(Switch.LETTERS), **WORDS,
    )  # fmt: skip


@bp.post("/begin")
def begin() -> ResponseReturnValue:
    """Begin a letter to somebody, or go on with the one that is begun."""
    try:
        wanted = uuid.UUID(request.form.get("prisoner", ""))
    except ValueError:
        abort(400)
    try:
        with transaction():
            letter = drafts.start_letter(wanted, _me().id, actor=signed_in().id)
    except DomainError as problem:
        flash(_said(problem), "alarm")
        return redirect(url_for("own_letters.list_own"), 303)
    return redirect(url_for("own_letters.show_letter", letter_id=letter.id), 303)


@bp.get("/with/<uuid:thread_id>")
def show_thread(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Letters and answers as one conversation."""
    me = _me()
    thread = queries.get_thread(thread_id, me.id)
    if thread is None:
        raise NotFound
    letters, replies = queries.list_letters(thread.id), queries.list_replies(thread.id)
    said = [*((each.submitted_on or each.created_on, 0, each) for each in letters),
            *((each.forwarded_on or each.logged_on, 1, each) for each in replies)]  # fmt: skip
    return render_template(
        "letters/own/thread.html", thread=thread, person=queries.get_person(thread.prisoner_id),
        said=[(kind == 0, each) for _day, kind, each in sorted(said, key=lambda one: (one[0], one[1]))],
        read_body=_words_of, may_write=drafts.may_start(thread.prisoner_id, me.id), **WORDS,
    )  # fmt: skip


@bp.get("/<uuid:letter_id>")
def show_letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """The composer while it can be changed, then the letter and where it is."""
    letter = drafts.get_own(letter_id, _me().id)
    if letter.state in EDITABLE:
        return _composer(letter)
    return render_template(
        "letters/own/letter.html", letter=letter, person=queries.get_person(letter.prisoner_id),
        body=_words_of(letter), words=bodies.read_words(letter), events=queries.list_events(letter.id),
        can_take_back=letter.state in BACKABLE, can_write_anew=letter.state in ENDED and letter.text_sealed is not None,
        can_erase=letter.state in GONE_OUT | ENDED and letter.text_sealed is not None, **WORDS,
    )  # fmt: skip


@bp.post("/<uuid:letter_id>")
def save_letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Save what was typed, and check it or hand it in where that button was pressed."""
    form, step = ComposeForm(), request.form.get("step", "save")
    letter = drafts.get_own(letter_id, _me().id)
    channels = list_ways(letter.prisoner_id, clock.today())
    if not form.validate():
        # Only a form that is too old fails here; what was typed stands in it.
        return _composer(
            letter, form.offering(channels), problem=_("This page was open too long. Press the button again.")
        ), 422
    try:
        with transaction():
            letter = drafts.get_own(letter_id, _me().id, lock=True)
            drafts.save_draft(
                letter, form.text.data or "", seen_text_version=form.seen_version, **form.choices_made(channels)
            )
            _change_pictures(letter, form, step)
    except ChangedElsewhere as problem:
        return _composer(letter, form.offering(channels), problem=str(problem), other=_words_of(letter)), 409
    except DomainError as problem:
        return _composer(letter, form.offering(channels), problem=_said(problem)), 422
    if step == "submit":
        return _hand_in(letter, wants_translator=letter.original_language != "ru")
    if step == "check":
        return _composer(letter, checks=True)
    flash(_("Saved. Only you can read it."))
    return redirect(url_for("own_letters.show_letter", letter_id=letter_id), 303)


@bp.post("/<uuid:letter_id>/autosave")
def autosave(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Save while somebody types; gives the version to go on from, or why it was not saved."""
    form, me = ComposeForm(), _me()
    if not form.validate():
        return jsonify({"problem": _("This page was open too long. Save with the button.")}), 422
    try:
        with transaction():
            letter = drafts.get_own(letter_id, me.id, lock=True)
            channels = list_ways(letter.prisoner_id, clock.today())
            drafts.save_draft(
                letter, form.text.data or "", seen_text_version=form.seen_version, **form.choices_made(channels)
            )
    except DomainError as problem:
        return jsonify({"problem": _said(problem)}), 409
    return jsonify({"seen": letter.text_version, "characters": letter.characters, "pages": letter.pages})


@bp.get("/<uuid:letter_id>/pictures/<uuid:picture_id>")
def show_picture(letter_id: uuid.UUID, picture_id: uuid.UUID) -> ResponseReturnValue:
    """A picture that goes with a letter, as it will be printed."""
    letter = drafts.get_own(letter_id, _me().id)
    return Response(pictures.open_picture(letter, picture_id), mimetype="image/jpeg")


@bp.get("/<uuid:letter_id>/preview")
def preview(letter_id: uuid.UUID) -> ResponseReturnValue:
    """As it will be printed: the words and nothing of ours."""
    letter = drafts.get_own(letter_id, _me().id)
    body = _words_of(letter)
    if body is None:
        raise NotFound
    return render_template(
        "letters/own/preview.html", letter=letter, body=body, person=queries.get_person(letter.prisoner_id),
        room=room_for(letter.prisoner_id, letter.channel), pictures=pictures.list_pictures(letter.id), **WORDS,
    )  # fmt: skip


@bp.post("/<uuid:letter_id>/take-back")
def take_back(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back before it lies in a batch."""
    return _step(letter_id, lambda letter: drafts.withdraw(letter, actor=signed_in().id), _("Taken back."))


@bp.post("/<uuid:letter_id>/erase")
def erase(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Erase one's words earlier than they would go."""
    return _step(letter_id, drafts.erase_text, _("The text is erased for good."))


@bp.post("/<uuid:letter_id>/discard")
def discard(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    return _step(letter_id, drafts.discard, _("Thrown away."), to=url_for("own_letters.list_own"))


@bp.post("/<uuid:letter_id>/anew")
def write_anew(letter_id: uuid.UUID) -> ResponseReturnValue:
    """A new draft with the words of one that has ended."""
    with transaction():
        letter = drafts.get_own(letter_id, _me().id, lock=True)
        new = drafts.write_anew(letter, actor=signed_in().id)
    return redirect(url_for("own_letters.show_letter", letter_id=new.id), 303)


def _hand_in(letter: Letter, *, wants_translator: bool) -> ResponseReturnValue:
    try:
        with transaction():
            held = drafts.get_own(letter.id, _me().id, lock=True)
            submit(held, actor=signed_in().id, wants_translator=wants_translator)
    except DomainError as problem:
        return _composer(letter, problem=_said(problem)), 422
    flash(_("Handed in. We tell you here, and by mail if you left an address, how it goes on."))
    return redirect(url_for("own_letters.show_letter", letter_id=letter.id), 303)


def _change_pictures(letter: Letter, form: ComposeForm, step: str) -> None:
    """Enclose the file that was chosen, whichever button was pressed; take out the one whose button it was."""
    raw = uploaded(form.picture)
    if raw is not None:
        pictures.add_picture(letter, raw)
    if step.startswith("remove-"):
        with suppress(ValueError):
            pictures.remove_picture(letter, uuid.UUID(step.removeprefix("remove-")))


def _composer(
    letter: Letter, form: ComposeForm | None = None, *, problem: str = "", other: bodies.Body | None = None,
    checks: bool = False,
) -> str:  # fmt: skip
    person, language = queries.get_person(letter.prisoner_id), current_language()
    channels = list_ways(letter.prisoner_id, clock.today())
    form = form or ComposeForm.of(letter, bodies.read_body(letter), channels)
    text = form.text.data or ""
    report = check_letter(letter, text) if checks and text.strip() and form.language.data == "ru" else None
    remarks = remarks_of(report, text, language) if report is not None else []
    return render_template(
        "letters/own/compose.html", letter=letter, person=person, told=person.text_in(language), form=form,
        problem=problem, other=other, checked=checks, remarks=remarks,
        pieces=pieces_of(report, text, remarks) if report is not None else [], words=bodies.read_words(letter),
        room=room_for(letter.prisoner_id, form.channel.data or letter.channel), openings=OPENINGS,
        pictures=pictures.list_pictures(letter.id), most_pictures=pictures.MOST,
        is_open=is_on(Switch.LETTERS),
        interests=[each.label_in(language) for each in person.interests if each.merged_into_id is None], **WORDS,
    )  # fmt: skip


def _step(letter_id: uuid.UUID, act: Any, said: str, *, to: str = "") -> ResponseReturnValue:
    try:
        with transaction():
            act(drafts.get_own(letter_id, _me().id, lock=True))
        flash(said)
    except NotFound:
        raise
    except DomainError as problem:
        flash(_said(problem), "alarm")
        to = ""
    return redirect(to or url_for("own_letters.show_letter", letter_id=letter_id), 303)


def _said(problem: DomainError) -> str:
    return str(_(problem.message)) if problem.message != Switch.LETTERS else str(_("Letters are switched off for now."))


def _words_of(letter: Letter) -> bodies.Body | None:
    try:
        return bodies.read_body(letter)
    except TextGone:
        return None


def _me() -> Volunteer:
    found = find_own(signed_in().id)
    if found is None:
        raise NotFound
    return found[0]
