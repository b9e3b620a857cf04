"""Letters for moderators: the queue, and one letter beside whom it is for, what the checker says and what went before.

Nobody sees a text without holding the letter, which a POST alone brings about and puts on record (docs/adr/0012).
"""

import uuid
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.text import id_in
from campaign.letters.forms.marks import pieces_of, remarks_of
from campaign.letters.forms.moderation import YES_OR_NO, DecisionForm
from campaign.letters.forms.ready import CHANGES, REJECTIONS, words_for
from campaign.letters.forms.words import CHANNEL_WORDS, HOLD_WORDS, SEVERITY_WORDS, STATE_WORDS
from campaign.letters.models import Letter, LetterState
from campaign.letters.policy import MODERATORS
from campaign.letters.queries import moderation as queries
from campaign.letters.queries import own
from campaign.letters.queries.by_group import NO_GROUP, is_letter_within
from campaign.letters.queries.destinations import find_destination
from campaign.letters.service import bodies, pictures
from campaign.letters.service import moderation as service
from campaign.letters.service.checking import check_letter
from campaign.letters.service.translating import back_to_translator
from campaign.letters.staff_views.batches import group_in
from campaign.penpals.policy import SCOPE
from campaign.penpals.queries.groups import list_names
from campaign.web.guards import requires_some
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

P = ParamSpec("P")
bp = Blueprint("moderation", __name__)
WORDS: dict[str, Any] = {
    "state_words": STATE_WORDS, "severity_words": SEVERITY_WORDS, "channel_words": CHANNEL_WORDS,
    "hold_words": HOLD_WORDS,
}  # fmt: skip


def within() -> frozenset[uuid.UUID] | None:
    """The groups whose letters one reads; None: all letters."""
    found: frozenset[uuid.UUID] | None = current_user.subjects_of(SCOPE, *MODERATORS)
    return found


def for_moderators(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Moderators and coordinators; whose role is narrowed to groups, for letters of these alone."""

    @requires_some(SCOPE, *MODERATORS)
    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        groups, letter_id = within(), kwargs.get("letter_id")
        if groups is not None and isinstance(letter_id, uuid.UUID) and not is_letter_within(letter_id, groups):
            raise Forbidden
        return view(*args, **kwargs)

    return inner


@bp.get("")
@for_moderators
def list_waiting() -> ResponseReturnValue:
    """What waits to be read, the longest first."""
    return _queue()


@bp.post("/next")
@for_moderators
def take_next() -> ResponseReturnValue:
    """Take the letter that has waited longest; the one that is open is let go."""
    me, leaving = actor_id(), id_in(request.form.get("leaving", ""))
    if leaving is not None:
        with transaction():
            service.let_go(leaving, actor=me)
    wanted = _wanted(request.form)
    for letter_id in queries.list_next(wanted, actor=me, now=clock.now(), leaving=leaving):
        try:
            # Each in a transaction of its own: no lock is kept on a letter that somebody else was quicker to take.
            with transaction():
                service.take(letter_id, actor=me)
        except DomainError:
            continue
        return redirect(url_for("moderation.show_letter", letter_id=letter_id), 303)
    flash(_("No other letter is free to be read just now."))
    return redirect(_queue_url(wanted), 303)


@bp.get("/<uuid:letter_id>")
@for_moderators
def show_letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """The letter for whoever holds it; for others where it stands, and a button to take it."""
    return _page(letter_id)


@bp.get("/<uuid:letter_id>/pictures/<uuid:picture_id>")
@for_moderators
def show_picture(letter_id: uuid.UUID, picture_id: uuid.UUID) -> ResponseReturnValue:
    """A picture that goes with a letter, for whoever holds it."""
    letter = session.get(Letter, letter_id)
    if letter is None or not queries.is_open_to(letter, actor_id(), clock.now()):
        raise NotFound
    return Response(pictures.open_picture(letter, picture_id), mimetype="image/jpeg")


@bp.post("/<uuid:letter_id>/take")
@for_moderators
def take(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Hold it in order to read it."""
    try:
        with transaction():
            service.take(letter_id, actor=actor_id())
    except NotFound:
        raise
    except DomainError as problem:
        return _page(letter_id, told(problem)), 409
    return redirect(url_for("moderation.show_letter", letter_id=letter_id), 303)


@bp.post("/<uuid:letter_id>/let-go")
@for_moderators
def let_go(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Put it back for others, undecided."""
    with transaction():
        service.let_go(letter_id, actor=actor_id())
    flash(_("The letter is back in the queue."))
    return redirect(url_for("moderation.list_waiting"), 303)


@bp.post("/<uuid:letter_id>/approve")
@for_moderators
def approve(letter_id: uuid.UUID) -> ResponseReturnValue:
    """It may leave."""

    def act(form: DecisionForm) -> str:
        letter = service.approve(
            letter_id, actor=actor_id(), seen_text_version=form.seen_version,
            override_reason=form.override_reason.data or "",
        )  # fmt: skip
        if letter.state == LetterState.HELD:
            return str(_("Approved. It is held until it can reach them."))
        return str(_("Approved. It waits for the next post."))

    return _decide(letter_id, act)


@bp.post("/<uuid:letter_id>/changes")
@for_moderators
def ask_for_changes(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Back to the writer with words."""

    def act(form: DecisionForm) -> str:
        words = _words(letter_id, CHANGES, form.changes_ready.data, form.changes_words.data)
        service.ask_for_changes(letter_id, words, actor=actor_id(), seen_text_version=form.seen_version)
        return str(_("It is back with the writer, with your words."))

    return _decide(letter_id, act)


@bp.post("/<uuid:letter_id>/reject")
@for_moderators
def reject(letter_id: uuid.UUID) -> ResponseReturnValue:
    """It does not leave."""

    def act(form: DecisionForm) -> str:
        words = _words(letter_id, REJECTIONS, form.reject_ready.data, form.reject_words.data)
        service.reject(letter_id, words, actor=actor_id(), seen_text_version=form.seen_version)
        return str(_("Rejected. The writer reads your words and keeps the text for a month."))

    return _decide(letter_id, act)


@bp.post("/<uuid:letter_id>/translator")
@for_moderators
def return_to_translator(letter_id: uuid.UUID) -> ResponseReturnValue:
    """The translation needs another look."""

    def act(form: DecisionForm) -> str:
        back_to_translator(letter_id, actor=actor_id(), seen_text_version=form.seen_version)
        return str(_("It is open for translators again, with what there is so far."))

    return _decide(letter_id, act)


def _decide(letter_id: uuid.UUID, act: Callable[[DecisionForm], str]) -> ResponseReturnValue:
    form = DecisionForm().offer()
    try:
        # Held anew in a transaction of its own, so that it stays open with what was typed when the step is refused.
        with transaction():
            service.take(letter_id, actor=actor_id())
        with transaction():
            said = act(form)
    except NotFound:
        raise
    except DomainError as problem:
        return _page(letter_id, told(problem), form), 409 if isinstance(problem, Conflict) else 422
    flash(said)
    return redirect(url_for("moderation.list_waiting"), 303)


def _queue() -> str:
    wanted = _wanted(request.args)
    page = paginate(queries.select_waiting(wanted), whole_rows=True)
    now, groups = clock.now(), queries.list_groups(wanted.within)
    return render_template(
        "letters/staff/moderation/list.html", page=page, groups=list_names(current_language(), groups),
        no_group=NO_GROUP if wanted.within is None else "", group_names=_names_of_groups(page.items), wanted=wanted,
        address=_address(wanted), now=now, today=clock.today(), me=actor_id(), is_held=queries.is_held,
        yes_or_no=YES_OR_NO,
        holders=names_of({row[0].held_by for row in page.items if queries.is_held(row[0], now)}), **WORDS,
    )  # fmt: skip


def _page(letter_id: uuid.UUID, problem: str = "", form: DecisionForm | None = None) -> str:
    letter = session.get(Letter, letter_id, populate_existing=True)
    if letter is None or letter.submitted_on is None:
        raise NotFound
    now, me = clock.now(), actor_id()
    if not queries.is_open_to(letter, me, now):
        is_held = queries.is_held(letter, now)
        return render_template(
            "letters/staff/moderation/closed.html", letter=letter, problem=problem, form=form,
            person=own.get_person(letter.prisoner_id), is_own=letter.written_by == me, is_held=is_held,
            holder=names_of({letter.held_by}).get(letter.held_by, "") if is_held and letter.held_by else "",
            waits=letter.state == LetterState.IN_MODERATION, **WORDS,
        )  # fmt: skip
    return _open_page(letter, problem, form or DecisionForm(formdata=None).offer())


def _open_page(letter: Letter, problem: str, form: DecisionForm) -> str:
    body, language = bodies.read_body(letter), current_language()
    person = own.get_person(letter.prisoner_id)
    report = check_letter(letter, body.text)
    remarks = remarks_of(report, body.text, language)
    return render_template(
        "letters/staff/moderation/letter.html", letter=letter, person=person, told=person.text_in(language), body=body,
        interests=[each.label_in(language) for each in person.interests if each.merged_into_id is None],
        remarks=remarks, pieces=pieces_of(report, body.text, remarks), blocking=queries.list_blocking(letter.id),
        earlier=[each for each in own.list_letters(letter.thread_id) if each.id != letter.id and each.submitted_on],
        replies=own.list_replies(letter.thread_id), form=form, problem=problem, earlier_words=bodies.read_words(letter),
        pictures=pictures.list_pictures(letter.id),
        minutes=max(0, round((letter.held_until - clock.now()).total_seconds() / 60)) if letter.held_until else 0,
        writer_language=queries.language_of_writer(letter),
        destination=find_destination(letter.prisoner_id, letter.channel, clock.today()), **WORDS,
    )  # fmt: skip


def _words(letter_id: uuid.UUID, ready: Any, key: str | None, words: str | None) -> str:
    letter = session.get_one(Letter, letter_id)
    return words_for(queries.language_of_writer(letter), ready, key or "", words or "")


def _wanted(given: Any) -> queries.Wanted:
    channel, answers = given.get("channel", ""), {"yes", "no"}
    blocks, translated = given.get("blocks", ""), given.get("translated", "")
    return queries.Wanted(
        channel if channel in CHANNEL_WORDS else "", blocks if blocks in answers else "",
        translated if translated in answers else "", group_in(given), within(),
    )  # fmt: skip


def _names_of_groups(rows: Sequence[Any]) -> dict[uuid.UUID, str]:
    """What the group of each letter is called, by the thread."""
    known = own.groups_of({row[0].thread_id for row in rows})
    names = dict(list_names(current_language(), frozenset(known.values())))
    return {thread: names[group] for thread, group in known.items() if group in names}


def _queue_url(wanted: queries.Wanted) -> str:
    chosen: dict[str, Any] = {**_address(wanted)}
    return url_for("moderation.list_waiting", **chosen)


def _address(wanted: queries.Wanted) -> dict[str, str]:
    chosen = {
        "channel": wanted.channel, "blocks": wanted.blocks, "translated": wanted.translated, "group": wanted.group,
    }  # fmt: skip
    return {name: value for name, value in chosen.items() if value}
