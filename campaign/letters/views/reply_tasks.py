"""Answers for volunteers to type or to translate: taken for a week, the pages beside the text.

Nobody but who has taken one sees its pages, and nobody learns here who wrote or who reads it.
"""

import uuid

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.views.visitor import signed_in
from campaign.activities.service.tasks import DAYS, TakenByAnother
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.letters.forms.desk import DeskForm, task_words
from campaign.letters.forms.tasks import LANGUAGE_WORDS
from campaign.letters.models import ReplyText, TextKind
from campaign.letters.queries import reply_tasks as queries
from campaign.letters.queries.replies import list_texts
from campaign.letters.service import desk
from campaign.letters.service.errors import ChangedElsewhere
from campaign.penpals.models import WriterProfile
from campaign.penpals.queries.writers import find_own
from campaign.people.models import MOST_TRUST, Volunteer
from campaign.web.paging import paginate
from campaign.web.pictures import picture_response

bp = Blueprint("reply_tasks", __name__)
Me = tuple[Volunteer, WriterProfile]


@bp.get("")
def list_tasks() -> ResponseReturnValue:
    """What one has taken, what one has handed in, and what is open and fits."""
    me = _find_me()
    return render_template(
        "letters/tasks/answers.html", me=me[0] if me else None, has_offered=find_own(signed_in().id) is not None,
        page=paginate(queries.select_open(*me), whole_rows=True) if me else None, days=DAYS,
        mine=queries.list_mine(*me) if me else [], handed_in=queries.list_handed_in(me[0]) if me else [],
        task_words=task_words, is_known=me is not None and me[0].trust >= MOST_TRUST,
    )  # fmt: skip


@bp.post("/<uuid:task_id>/take")
def take(task_id: uuid.UUID) -> ResponseReturnValue:
    """Take it for a week."""
    me = _me()
    try:
        with transaction():
            desk.take(task_id, *me)
    except TakenByAnother as problem:
        flash(_(problem.message), "alarm")
        return redirect(url_for("reply_tasks.list_tasks"), 303)
    return redirect(url_for("reply_tasks.show_task", task_id=task_id), 303)


@bp.post("/<uuid:task_id>/give-back")
def give_back(task_id: uuid.UUID) -> ResponseReturnValue:
    """Leave it to others; what is typed so far stays for them."""
    me, _profile = _me()
    with transaction():
        desk.give_back(task_id, me)
    flash(_("Given back. What you have typed stays for whoever goes on."))
    return redirect(url_for("reply_tasks.list_tasks"), 303)


@bp.get("/<uuid:task_id>")
def show_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """The desk: the pages left, the text right."""
    return _desk(task_id)


@bp.get("/<uuid:task_id>/pages/<uuid:page_id>")
def show_page(task_id: uuid.UUID, page_id: uuid.UUID) -> Response:
    """One page as a picture, while the task is theirs; no cache keeps it."""
    found = queries.find_work(task_id, *_me())
    if found is None:
        raise NotFound
    response = picture_response(desk.open_page(found.task, page_id))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<uuid:task_id>")
def save(task_id: uuid.UUID) -> ResponseReturnValue:
    """Save what was typed, and hand it in where that button was pressed."""
    form, me, hands_in = DeskForm(), _me(), request.form.get("step") == "submit"
    try:
        with transaction():
            task, reply = desk.open_work(task_id, *me)
            desk.save(task, reply, form.text.data or "", seen=form.seen.data or "", actor=signed_in().id)
    except NotFound:
        return _lost(form, _("This is no longer yours: the days ran out, or it was finished.")), 404
    except ChangedElsewhere as problem:
        return _desk(task_id, form, _(problem.message), shows_other=True), 409
    except DomainError as problem:
        return _refused(task_id, me, form, _(problem.message))
    if hands_in:
        return _hand_in(task_id, me)
    flash(_("Saved. You can go on later."))
    return redirect(url_for("reply_tasks.show_task", task_id=task_id), 303)


@bp.post("/<uuid:task_id>/autosave")
def autosave(task_id: uuid.UUID) -> ResponseReturnValue:
    """Save while somebody types; gives the mark to go on from, or why it was not saved."""
    form, me = DeskForm(), _me()
    try:
        with transaction():
            task, reply = desk.open_work(task_id, *me)
            kept = desk.save(
                task, reply, form.text.data or "", seen=form.seen.data or "", actor=signed_in().id, is_interim=True
            )
    except NotFound:
        raise
    except DomainError as problem:
        return jsonify({"problem": _(problem.message)}), 409
    return jsonify({"seen": desk.mark_of(kept)})


def _hand_in(task_id: uuid.UUID, me: Me) -> ResponseReturnValue:
    try:
        with transaction():
            task, reply = desk.open_work(task_id, *me)
            desk.hand_in(task, reply, me[0])
    except NotFound:
        raise
    except DomainError as problem:
        return _desk(task_id, None, _(problem.message)), 422
    flash(_("Handed in. Thank you: a moderator compares it with the pages now."))
    return redirect(url_for("reply_tasks.list_tasks"), 303)


def _desk(
    task_id: uuid.UUID, form: DeskForm | None = None, problem: str = "", *, shows_other: bool = False
) -> str:  # fmt: skip
    found = queries.find_work(task_id, *_me())
    if found is None:
        raise NotFound
    kind, language = queries.text_of(found.task)
    stored = desk.newest(found.task)
    words = desk.words_of(stored) if stored is not None else ""
    return render_template(
        "letters/tasks/answer.html", found=found, task=found.task, kind=kind, language=language,
        form=form or DeskForm.of(words, desk.mark_of(stored)), problem=problem, shows_other=shows_other, stored=words,
        mark=desk.mark_of(stored), remark=desk.remark_of(stored), sheets=queries.list_shown_pages(found.reply.id),
        typed=_typed(found) if kind is TextKind.TRANSLATION else None, task_words=task_words,
        language_words=LANGUAGE_WORDS, words_of=desk.words_of,
    )  # fmt: skip


def _typed(found: queries.Offer) -> ReplyText | None:
    """What was typed of the pages, for whoever translates; not where that could tell more than the pages they see."""
    if not queries.shows_all(found.reply.id):
        return None
    texts = (each for each in list_texts(found.reply.id) if each.language == found.task.from_language)
    return next((each for each in texts if each.kind == TextKind.TRANSCRIPTION), None)


def _refused(task_id: uuid.UUID, me: Me, form: DeskForm, problem: str) -> ResponseReturnValue:
    """Not saved: on the desk while it is theirs, else with what they typed and nothing of the answer."""
    if queries.find_work(task_id, *me) is not None:
        return _desk(task_id, form, problem), 422
    return _lost(form, problem), 409


def _lost(form: DeskForm, problem: str) -> str:
    return render_template("letters/tasks/lost_answer.html", text=form.text.data or "", problem=problem)


def _find_me() -> Me | None:
    found = find_own(signed_in().id)
    if found is None or found[1] is None or not found[0].is_at_work:
        return None
    return found[0], found[1]


def _me() -> Me:
    found = _find_me()
    if found is None:
        raise NotFound
    return found
