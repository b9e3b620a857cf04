"""What is done with an answer once it is scanned: matched, screened, passed on, typed, told of."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import id_in, one_line
from campaign.letters.forms.replies import LONGEST_REASON, IncidentForm, NeedForm, TextForm
from campaign.letters.models import IncidentKind, NeedKind, Original, TextKind
from campaign.letters.queries import replies as queries
from campaign.letters.service import incidents, needs, reply_pages, reply_texts
from campaign.letters.service import replies as service
from campaign.letters.service.errors import ChangedElsewhere
from campaign.letters.service.reply_pages import WithheldReason
from campaign.letters.staff_views.replies import (
    WORDS,
    back_to,
    bp,
    find_people,
    for_readers,
    for_workers,
    is_sealed,
    look_at,
    reply_page,
)
from campaign.penpals.service.codes import BadCode
from campaign.prisoners.queries import get_prisoner
from campaign.web.i18n import current_language


@bp.route("/<uuid:reply_id>/match", methods=["GET", "POST"])
@for_workers
def match_reply(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Say which letter it answers: by the code, or by the person and one of the letters to them."""
    if request.method == "GET":
        return _match_page(reply_id)
    letter_id = prisoner_id = None
    try:
        if request.form.get("code", "").strip():
            letter_id = service.find_by_code(one_line(request.form["code"], 100)).id
        elif request.form.get("letter") == "none":
            prisoner_id = _uuid("person")
        else:
            letter_id = _uuid("letter")
        if letter_id is None and prisoner_id is None:
            return _match_page(reply_id, _("Choose a letter, or type its code.")), 422
        with transaction():
            service.match(
                reply_id, letter_id=letter_id, prisoner_id=prisoner_id, has_arrived=request.form.get("arrived") == "y",
                actor=current_user.id, seen_version=_seen(),
            )  # fmt: skip
    except NotFound:
        raise
    except (BadCode, service.UnknownCode) as problem:
        return _match_page(reply_id, _(problem.message)), 422
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 409
    flash(_("Matched. Read every page before it is passed on."))
    return back_to(reply_id)


@bp.post("/<uuid:reply_id>/unmatched")
@for_workers
def leave_unmatched(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Leave it in the queue of those that nobody knows."""
    try:
        with transaction():
            service.leave_unmatched(reply_id, actor=current_user.id, seen_version=_seen())
    except NotFound:
        raise
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 409
    flash(_("It waits in the queue until somebody knows whom it answers."))
    return back_to(reply_id)


@bp.post("/<uuid:reply_id>/pages/<uuid:page_id>/withhold")
@for_readers
def withhold_page(reply_id: uuid.UUID, page_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a page back with a reason, or let it be passed on after all."""
    word = request.form.get("reason", "")
    if word not in {*WithheldReason, "show"}:
        return reply_page(reply_id, _("Choose why this page is kept back.")), 422
    try:
        with transaction():
            reason = None if word == "show" else WithheldReason(word)
            reply_pages.withhold_page(reply_id, page_id, reason, actor=current_user.id)
    except NotFound:
        raise
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 409
    return back_to(reply_id, anchor="pages-title")


@bp.post("/<uuid:reply_id>/screen")
@for_readers
def screen_reply(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Say that every page was read."""
    try:
        with transaction():
            service.screen(reply_id, actor=current_user.id, seen_version=_seen())
    except NotFound:
        raise
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 409
    flash(_("Screened."))
    return back_to(reply_id)


@bp.post("/<uuid:reply_id>/forward")
@for_workers
def forward_reply(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Pass it on."""
    try:
        with transaction():
            is_mailed = service.forward(reply_id, actor=current_user.id, seen_version=_seen())
    except NotFound:
        raise
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 409
    if is_mailed:
        flash(_("Passed on. A mail that says nothing of it is on its way to the writer."))
    else:
        flash(_("Passed on. No mail can reach the writer; they find it when they sign in."))
    return back_to(reply_id)


@bp.post("/<uuid:reply_id>/close")
@for_workers
def close_reply(reply_id: uuid.UUID) -> ResponseReturnValue:
    """End it with a reason."""
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    try:
        with transaction():
            service.close(reply_id, reason, actor=current_user.id, seen_version=_seen())
    except NotFound:
        raise
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message), close=reason), 409 if reason else 422
    flash(_("Closed."))
    return back_to(reply_id)


@bp.post("/<uuid:reply_id>/original")
@for_workers
def place_original(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Say where the paper is."""
    word = request.form.get("original", "")
    with transaction():
        original = Original(word) if word in set(Original) else None
        service.place_original(reply_id, original, one_line(request.form.get("office", ""), 100), actor=current_user.id)
    flash(_("Saved."))
    return back_to(reply_id)


@bp.route("/<uuid:reply_id>/incident", methods=["GET", "POST"])
@for_readers
def open_incident(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Tell of what must not wait."""
    reply, form = queries.get_reply(reply_id), IncidentForm()
    if form.validate_on_submit():
        try:
            if form.kind.data not in set(IncidentKind):
                form.kind.errors = [_("Choose what it is.")]
            else:
                with transaction():
                    made = incidents.open_incident(
                        reply_id, IncidentKind(form.kind.data), form.words.data or "", actor=current_user.id
                    )
                flash(_("Incident %(number)s is open. Coordinators see it at once.", number=made.number))
                return back_to(reply_id)
        except DomainError as problem:
            form.words.errors = [_(problem.message)]
    page = render_template("letters/staff/incidents/new.html", reply=reply, form=form, **WORDS)
    return page, 422 if form.errors else 200


@bp.route("/<uuid:reply_id>/need", methods=["GET", "POST"])
@for_workers
def report_need(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what is asked for."""
    reply, form = queries.get_reply(reply_id), NeedForm()
    if form.validate_on_submit():
        try:
            with transaction():
                needs.report_need(
                    reply_id, NeedKind(form.kind.data), form.words.data or "", is_urgent=bool(form.is_urgent.data),
                    actor=current_user.id,
                )  # fmt: skip
        except DomainError as problem:
            form.words.errors = [_(problem.message)]
        else:
            flash(_("The need is written down."))
            return back_to(reply_id)
    page = render_template("letters/staff/replies/need.html", reply=reply, form=form, **WORDS)
    return page, 422 if form.errors else 200


@bp.post("/<uuid:reply_id>/needs/<uuid:need_id>/dismiss")
@for_workers
def dismiss_need(reply_id: uuid.UUID, need_id: uuid.UUID) -> ResponseReturnValue:
    """Nobody works on it any more."""
    if need_id not in {each.id for each in queries.list_needs(reply_id)}:
        raise NotFound
    try:
        with transaction():
            needs.dismiss_need(need_id, actor=current_user.id)
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 409
    flash(_("Noted: nobody works on it any more."))
    return back_to(reply_id, anchor="tells-title")


@bp.route("/<uuid:reply_id>/text/<any('transcription','translation'):kind>", methods=["GET", "POST"])
@for_workers
def type_text(reply_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Type what it says, or translate it, beside the pages; for whoever has the answer open."""
    form, problem, other = TextForm(), "", ""
    wanted = TextKind(kind)
    if form.is_submitted():
        look_at(reply_id)
    elif is_sealed(reply_id):
        flash(_("Open it first: that is on record."))
        return back_to(reply_id, anchor="pages-title")
    if not form.is_submitted():
        form.language.data = request.args.get("language") or ("ru" if wanted is TextKind.TRANSCRIPTION else "en")
        known = queries.newest_text(reply_id, wanted, form.language.data)
        form.text.data, form.seen.data = (reply_texts.open_text(known), str(known.revision)) if known else ("", "0")
    elif form.validate():
        try:
            with transaction():
                reply_texts.type_text(
                    reply_id, wanted, form.language.data, form.text.data or "", seen_revision=form.seen_revision,
                    actor=current_user.id,
                )  # fmt: skip
        except ChangedElsewhere as refusal:
            problem = _(refusal.message)
            stored = queries.newest_text(reply_id, wanted, form.language.data)
            other = reply_texts.open_text(stored) if stored else ""
            form.seen.data = str(stored.revision if stored else 0)
        except DomainError as refusal:
            problem = _(refusal.message)
        else:
            flash(_("Saved. The writer reads it below the pages."))
            return back_to(reply_id, anchor="words-title")
    page = render_template(
        "letters/staff/replies/text.html", reply=queries.get_reply(reply_id), form=form, kind=wanted, problem=problem,
        other=other, pages=queries.list_page_rows(reply_id), **WORDS,
    )  # fmt: skip
    return page, 422 if form.errors or problem else 200


def _match_page(reply_id: uuid.UUID, problem: str = "") -> str:
    reply = queries.get_reply(reply_id)
    search, people = find_people()
    wanted = _uuid("person") or reply.prisoner_id
    letters = queries.list_candidates(wanted) if wanted is not None else []
    return render_template(
        "letters/staff/replies/match.html", reply=reply, problem=problem, search=search, people=people,
        person=get_prisoner(wanted) if wanted is not None else None, letters=letters, untold=service.UNTOLD,
        code=one_line(request.form.get("code", ""), 100), chosen=_uuid("letter") or reply.letter_id,
        language=current_language(), **WORDS,
    )  # fmt: skip


def _uuid(name: str) -> uuid.UUID | None:
    return id_in(request.values.get(name, ""))


def _seen() -> int:
    """The version that whoever pressed the button saw; what is none differs from any."""
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
