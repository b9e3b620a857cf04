"""The page of a letter that somebody without an account handed over, behind the link of the mail."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel import tokens
from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.switches import Switch, SwitchedOff, is_on
from campaign.letters.forms.words import HOLD_WORDS, MEANING, STATE_WORDS, event_words
from campaign.letters.models import ENDED, GONE_OUT, Letter, LetterState, Reply, ReplyPage, ReplyText
from campaign.letters.queries.own import get_person, list_events
from campaign.letters.queries.pages import room_for
from campaign.letters.queries.replies import list_pages_for_letter, list_texts
from campaign.letters.service import bodies, guests, reply_pages, reply_retention, reply_texts
from campaign.letters.service.errors import TextGone
from campaign.prisoners.models import PrisonerState
from campaign.web.guards import guarded_by_token
from campaign.web.here import stands_at
from campaign.web.pictures import picture_response

bp = Blueprint("guest_letter", __name__)
NOT_OURS = (tokens.BadToken, KeyDestroyed, KeyMissing)
MOST_BYTES = 4 * 1024 * 1024
"""A text of a million characters still comes back in the page that refuses it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as its writer reads it."""

    reply: Reply
    pages: Sequence[ReplyPage]
    texts: Sequence[tuple[ReplyText, str]]
    erased_on: date | None
    """The day on which the pages go, where that is known."""


@bp.get("/<token>")
def show_letter(token: str) -> ResponseReturnValue:
    """Where the letter is. Mail scanners follow links, so nothing happens here."""
    return _page(token)


@bp.post("/<token>")
@guarded_by_token
def confirm_letter(token: str) -> ResponseReturnValue:
    """Hand it in; doing it twice shows the same page."""
    return _step(token, lambda: guests.confirm(token))


@bp.post("/<token>/not-me")
@guarded_by_token
def reject_letter(token: str) -> ResponseReturnValue:
    """ "That was not me"."""
    never_again = request.form.get("never_again") == "y"
    return _step(token, lambda: guests.reject(token, never_again=never_again))


@bp.post("/<token>/withdraw")
@guarded_by_token
def withdraw_letter(token: str) -> ResponseReturnValue:
    """Take it back."""
    return _step(token, lambda: guests.withdraw(token))


@bp.post("/<token>/text")
@guarded_by_token
def mend_letter(token: str) -> ResponseReturnValue:
    """Change what a moderator asked for, and hand it in again; whatever goes wrong, the text stands in the answer."""
    request.max_content_length = request.max_form_memory_size = MOST_BYTES
    text, seen = request.form.get("text", ""), request.form.get("seen", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    return _step(token, lambda: guests.mend(token, text, seen_text_version=version), typed=text)


@bp.post("/<token>/erase")
@guarded_by_token
def erase_letter(token: str) -> ResponseReturnValue:
    """Erase the words."""
    return _step(token, lambda: guests.erase_text(token))


@bp.post("/<token>/forget")
@guarded_by_token
def forget_address(token: str) -> ResponseReturnValue:
    """Erase the address."""
    return _step(token, lambda: guests.forget_contact(token))


@bp.get("/<token>/answers/<uuid:reply_id>/pages/<uuid:page_id>")
def show_page(token: str, reply_id: uuid.UUID, page_id: uuid.UUID) -> Response:
    """One page of an answer as a picture."""
    try:
        page = reply_pages.get_page(guests.get_answer(token, reply_id).id, page_id)
    except NOT_OURS as problem:
        raise NotFound from problem
    if page.is_withheld:
        raise NotFound
    response = picture_response(reply_pages.open_page(page))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<token>/answers/<uuid:reply_id>/read")
@guarded_by_token
def note_read(token: str, reply_id: uuid.UUID) -> ResponseReturnValue:
    """ "I have read it"."""
    return _step(token, lambda: guests.note_read(token, reply_id))


@bp.post("/<token>/answers/<uuid:reply_id>/erase")
@guarded_by_token
def erase_answer(token: str, reply_id: uuid.UUID) -> ResponseReturnValue:
    """Erase the pages now."""
    return _step(token, lambda: guests.erase_answer(token, reply_id))


def _step(token: str, act: Callable[[], None], *, typed: str | None = None) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except NOT_OURS as problem:
        raise NotFound from problem
    except NotFound:
        return _page(token, status=404)
    except SwitchedOff:
        paused = _("Letters are paused at the moment. Nothing is lost: come back another day, and press it again.")
        return _page(token, problem=paused, typed=typed, status=503)
    except DomainError as problem:
        return _page(token, problem=_(problem.message), typed=typed, status=409)
    return redirect(url_for("guest_letter.show_letter", token=token), 303)


def _page(token: str, *, problem: str = "", typed: str | None = None, status: int = 200) -> Response:
    stands_at(url_for("guest_letter.show_letter", token=token))
    try:
        letter = guests.find_letter(token)
    except NOT_OURS as nothing:
        raise NotFound from nothing
    if letter is None:
        return make_response(render_template("letters/guest/gone.html"), 200)
    person = get_person(letter.prisoner_id)
    body = _words_of(letter)
    page = render_template(
        "letters/guest/letter.html", token=token, letter=letter, body=body, problem=problem,
        # Nobody is named whose page was taken away.
        person=person if person.state == PrisonerState.PUBLISHED else None,
        typed=typed if typed is not None else body.own if body is not None else "",
        words=bodies.read_words(letter), events=list_events(letter.id), is_open=is_on(Switch.LETTERS),
        is_confirmable=letter.state == LetterState.WAITING and guests.is_confirmable(letter),
        can_take_back=letter.state in guests.BACKABLE, days=guests.WAITS_DAYS,
        can_erase=letter.state in GONE_OUT | ENDED and letter.text_sealed is not None,
        has_left=letter.state in GONE_OUT, answers=_answers_to(letter),
        answer_days=reply_retention.AFTER_READ, room=room_for(letter.prisoner_id, letter.channel),
        state_words=STATE_WORDS, meaning=MEANING, hold_words=HOLD_WORDS, event_words=event_words,
    )  # fmt: skip
    return make_response(page, status)


def _answers_to(letter: Letter) -> list[Answer]:
    return [
        Answer(
            reply, pages, [(each, reply_texts.open_text(each)) for each in list_texts(reply.id)],
            reply_retention.erased_on(reply),
        )
        for reply, pages in list_pages_for_letter(letter.id)
    ]  # fmt: skip


def _words_of(letter: Letter) -> bodies.Body | None:
    try:
        return bodies.read_body(letter)
    except TextGone:
        return None
