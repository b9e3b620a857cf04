"""Answers as they come in: the queue, the log of envelopes, one answer with its pages."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.letters import policy
from campaign.letters.forms.replies import EnvelopeForm, ScanForm
from campaign.letters.forms.reply_words import (
    INCIDENT_WORDS,
    LANGUAGE_WORDS,
    NEED_WORDS,
    NEXT_WORDS,
    ORIGINAL_WORDS,
    REPLY_WORDS,
    TEXT_WORDS,
    WITHHELD_WORDS,
    WORDS_STATES,
    reply_event_words,
)
from campaign.letters.forms.reply_work import TASK_STATE_WORDS, work_words
from campaign.letters.forms.words import CHANNEL_WORDS, STATE_WORDS
from campaign.letters.models import Original, Reply, ReplyState, TextKind
from campaign.letters.queries import published
from campaign.letters.queries import replies as queries
from campaign.letters.queries.reply_tasks import list_work_of
from campaign.letters.service import (
    needs,
    reply_pages,
    reply_publication,
    reply_retention,
    reply_scans,
    reply_texts,
)
from campaign.letters.service import replies as service
from campaign.letters.service.reply_moves import OPEN, UNSCREENED
from campaign.letters.shown_words import show_excerpt
from campaign.needs.queries.needs import find_by_origin
from campaign.penpals.service.codes import show_code
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.service.names import fold
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.opened import is_opened, note_opened
from campaign.web.paging import paginate

bp = Blueprint("replies_staff", __name__)
for_readers = requires(*policy.REPLY_READERS)
for_workers = requires(*policy.REPLY_WORKERS)
LONGEST_SEARCH, MOST_FOUND = 80, 20
SECONDS_BETWEEN_LOOKS = 3
WORDS: dict[str, Any] = {
    "reply_words": REPLY_WORDS, "next_words": NEXT_WORDS, "channel_words": CHANNEL_WORDS, "need_words": NEED_WORDS,
    "original_words": ORIGINAL_WORDS, "withheld_words": WITHHELD_WORDS, "event_words": reply_event_words,
    "letter_words": STATE_WORDS, "text_words": TEXT_WORDS, "language_words": LANGUAGE_WORDS,
    "incident_words": INCIDENT_WORDS, "show_code": show_code, "originals": Original, "OPEN": OPEN,
    "UNSCREENED": UNSCREENED, "kept": reply_retention, "need_days": needs.AFTER_CLOSED,
}  # fmt: skip


@bp.get("")
@for_readers
def list_replies() -> ResponseReturnValue:
    """What came in: without a state in the address what needs something, those that wait longest first."""
    state, text = request.args.get("state", ""), one_line(request.args.get("number", ""), 12)
    number = int(text) if text.isdecimal() and len(text) < 12 else None
    page = paginate(queries.select_replies(state=state, number=number), whole_rows=True)
    return render_template(
        "letters/staff/replies/list.html", page=page, state=state, number=text, states=ReplyState,
        words_states=WORDS_STATES,
        counts=queries.count_by_state(), may_log=policy.can_work_on_replies(current_user),
        language=current_language(), **WORDS,
    )  # fmt: skip


@bp.route("/log", methods=["GET", "POST"])
@for_workers
def log_envelope() -> ResponseReturnValue:
    """Log an envelope before it is opened: by its code, by the name on it, or as one that nobody knows."""
    form = EnvelopeForm()
    if not form.is_submitted():
        form.person.data = request.args.get("person", "")
        form.code.data = one_line(request.args.get("code", ""), 100)
    if not form.validate_on_submit():
        return _log_page(form), 422 if form.errors else 200
    try:
        with transaction():
            reply = service.log_envelope(form.draft(), actor=current_user.id)
    except service.SecondEnvelope as problem:
        return _log_page(form, problem=_(problem.message), asks=True), 409
    except service.NotReal as problem:
        form.written_on.errors = [_(problem.message)]
        return _log_page(form), 422
    except DomainError as problem:
        form.code.errors = [_(problem.message)]
        return _log_page(form), 422
    flash(_("Logged. Write the number %(number)s onto the envelope.", number=reply.number))
    return back_to(reply.id)


@bp.get("/<uuid:reply_id>")
@for_readers
def show_reply(reply_id: uuid.UUID) -> ResponseReturnValue:
    """One answer with its pages, and what can be done."""
    return reply_page(reply_id)


@bp.post("/<uuid:reply_id>/open")
@for_readers
def open_reply(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Open its pages and words, which is on record."""
    look_at(reply_id)
    return back_to(reply_id, anchor="pages-title")


@bp.post("/<uuid:reply_id>/pages")
@for_workers
def add_pages(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Add scans."""
    form = ScanForm()
    if not form.validate():
        return reply_page(reply_id, _("This page was open too long. Press the button again.")), 422
    contents = form.contents()
    if not contents:
        return reply_page(reply_id, _("Choose at least one picture.")), 422
    try:
        with transaction():
            made = reply_scans.add_files(reply_id, contents, actor=current_user.id)
    except NotFound:
        raise
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 422
    note_opened(about(reply_id))
    if made.pages:
        flash(ngettext("%(num)s page is added.", "%(num)s pages are added.", made.pages))
    if made.waiting:
        return redirect(url_for("replies_staff.wait_for_pages", reply_id=reply_id), 303)
    return back_to(reply_id)


@bp.get("/<uuid:reply_id>/pages/waiting")
@for_readers
def wait_for_pages(reply_id: uuid.UUID) -> ResponseReturnValue:
    """A page that looks again by itself until every page is drawn; apart, so that nothing typed is lost by it."""
    reply, waiting = queries.get_reply(reply_id), queries.count_waiting_scans(reply_id)
    if not waiting:
        return back_to(reply_id, anchor="pages-title")
    response = make_response(render_template("letters/staff/replies/waiting.html", reply=reply, waiting=waiting))
    response.headers["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


@bp.post("/<uuid:reply_id>/files/<uuid:scan_id>/remove")
@for_workers
def remove_file(reply_id: uuid.UUID, scan_id: uuid.UUID) -> ResponseReturnValue:
    """Take out a file whose pages are not drawn yet, or the line about one that could not be."""
    with transaction():
        reply_scans.remove_file(reply_id, scan_id, actor=current_user.id)
    return back_to(reply_id, anchor="pages-title")


@bp.get("/<uuid:reply_id>/pages/<uuid:page_id>")
@for_readers
def show_page(reply_id: uuid.UUID, page_id: uuid.UUID) -> Response:
    """One page as a picture, for whoever has the answer open."""
    if not is_opened(about(reply_id)):
        raise NotFound
    return sealed_picture(reply_pages.open_page(reply_pages.get_page(reply_id, page_id)))


@bp.post("/<uuid:reply_id>/pages/<uuid:page_id>/<any('up','down','left','right','remove'):step>")
@for_workers
def change_page(reply_id: uuid.UUID, page_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Move a page up or down, turn it, or take it out."""
    try:
        with transaction():
            if step in {"up", "down"}:
                reply_pages.shift_page(reply_id, page_id, -1 if step == "up" else 1)
            elif step == "remove":
                reply_pages.remove_page(reply_id, page_id, actor=current_user.id)
            else:
                reply_pages.turn_page(reply_id, page_id, reply_pages.Turn(step))
    except NotFound:
        raise
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 409
    return back_to(reply_id, anchor="pages-title")


def about(reply_id: uuid.UUID) -> str:
    """What the note in the session calls it."""
    return f"reply:{reply_id}"


def is_sealed(reply_id: uuid.UUID) -> bool:
    """Whether there is something of it that has to be opened first: pages or typed words, and it is not open."""
    has_something = bool(queries.list_page_rows(reply_id) or queries.list_texts(reply_id))
    return has_something and not is_opened(about(reply_id))


def look_at(reply_id: uuid.UUID) -> None:
    """Open it for twenty minutes from now; on record unless it lies open already."""
    if not is_opened(about(reply_id)):
        with transaction():
            reply_pages.look(reply_id, actor=current_user.id)
    note_opened(about(reply_id))


def sealed_picture(content: bytes) -> Response:
    """A page of a letter: kept by nobody on the way."""
    response = Response(content, mimetype="image/webp")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "no-store"
    return response


def back_to(reply_id: uuid.UUID, anchor: str | None = None) -> ResponseReturnValue:
    """The page of the answer."""
    return redirect(url_for("replies_staff.show_reply", reply_id=reply_id, _anchor=anchor), 303)


def reply_page(reply_id: uuid.UUID, problem: str = "", **typed: Any) -> str:
    """The page of an answer, with what stands in the way."""
    reply = queries.get_reply(reply_id)
    events, is_open = queries.list_events(reply_id), is_opened(about(reply_id))
    asked_for = [(each, needs.erased_on(each)) for each in queries.list_needs(reply_id)]
    return render_template(
        "letters/staff/replies/show.html", reply=reply, person=_person(reply), problem=problem, typed=typed,
        pages=queries.list_page_rows(reply_id), files=queries.list_scans(reply_id), events=events, needs=asked_for,
        taken_over=find_by_origin("letter", {each.id for each, _day in asked_for}),
        work=list_work_of(reply_id), task_words=work_words, task_state_words=TASK_STATE_WORDS,
        answered=queries.find_letter(reply.letter_id) if reply.letter_id else None,
        texts=[(each, reply_texts.open_text(each) if is_open else "") for each in queries.list_texts(reply_id)],
        is_open=is_open,
        names=names_of({each.actor_id for each in events if each.actor_id}), form=ScanForm(formdata=None),
        may_work=policy.can_work_on_replies(current_user), erased_on=reply_retention.erased_on(reply),
        kinds=TextKind, language=current_language(), most=reply_pages.MOST_PAGES, public=_public_part(reply), **WORDS,
    )  # fmt: skip


def _public_part(reply: Reply) -> dict[str, Any]:
    """What the page of an answer says of its words in public."""
    words = reply_publication.words_of(reply)
    hindrance = published.find_hindrance(reply) if words else published.find_untyped(reply)
    if hindrance is None and words is None:
        hindrance = published.find_hindrance(reply)
    asker = published.asked_by(reply.id) if words else None
    texts = {each.language: each.text for each in words.texts} if words else {}
    return {
        "hindrance": hindrance, "sentence": _(reply_publication.SENTENCES[hindrance]) if hindrance else "",
        "shown": [show_excerpt(each, words.written_in, words.month) for each in words.texts] if words else [],
        "names": reply_publication.find_names(reply, texts) if texts else [], "asker": asker,
        "is_own": asker == current_user.id, "may_act": policy.can_publish_words(current_user),
        "may_approve": hindrance is None and policy.can_approve_words(current_user, asker),
    }  # fmt: skip


def find_people() -> tuple[str, list[Prisoner]]:
    """Whom the address searches for, and who fits."""
    text = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    found = search_people(fold(text), published_only=False, limit=MOST_FOUND) if fold(text) else []
    return text, [get_prisoner(each) for each in found]


def _person(reply: Reply) -> Prisoner | None:
    return get_prisoner(reply.prisoner_id) if reply.prisoner_id is not None else None


def _log_page(form: EnvelopeForm, *, problem: str = "", asks: bool = False) -> str:
    search, people = find_people()
    known: list[Reply] = []
    if asks:
        known = [*queries.list_answers(service.find_by_code(form.code.data or "").id)]
    return render_template(
        "letters/staff/replies/log.html", form=form, problem=problem, asks=asks, known=known, search=search,
        people=people, person=get_prisoner(form.prisoner_id) if form.prisoner_id else None,
        language=current_language(), **WORDS,
    )  # fmt: skip
