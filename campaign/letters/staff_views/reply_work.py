"""What volunteers type and translate of answers: asked for with the pages they may see, compared, decided on."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.activities.models import Task, TaskState
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.letters.forms.reply_work import TASK_STATE_WORDS, AskForm, RemarkForm, work_words
from campaign.letters.models import ReplyText, TextKind
from campaign.letters.queries import replies as queries
from campaign.letters.queries import reply_tasks
from campaign.letters.service import desk, reply_work
from campaign.letters.staff_views.replies import WORDS, about, back_to, bp, for_readers, look_at, reply_page
from campaign.web.opened import is_opened
from campaign.web.paging import paginate

OVER = (TaskState.DONE, TaskState.CANCELLED)


@bp.get("/work")
@for_readers
def list_work() -> ResponseReturnValue:
    """What volunteers were asked for: what waits to be compared first; with a state in the address only that."""
    state = request.args.get("state", "")
    return render_template(
        "letters/staff/replies/work.html", page=paginate(reply_tasks.select_work(state), whole_rows=True), state=state,
        states=TaskState, state_words=TASK_STATE_WORDS, work_words=work_words,
    )  # fmt: skip


@bp.route("/<uuid:reply_id>/ask/<any('transcription','translation'):kind>", methods=["GET", "POST"])
@for_readers
def ask_volunteers(reply_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Choose the pages that volunteers may see, and ask for it; for whoever has the answer open."""
    if request.method == "POST":
        look_at(reply_id)
    elif not is_opened(about(reply_id)):
        return _open_first(reply_id)
    reply, wanted, form, problem = queries.get_reply(reply_id), TextKind(kind), AskForm(), ""
    pages = [each for each in queries.list_page_rows(reply_id) if not each.is_withheld]
    chosen = {each.id for each in pages if f"page-{each.id}" in request.form} if form.is_submitted() else set()
    if not form.is_submitted():
        form.writer_may.data = reply.writer_may_type
        chosen = {each.id for each in pages if each.is_for_volunteers}
    elif form.validate() and form.fits(wanted):
        try:
            with transaction():
                reply_work.ask(
                    reply_id, wanted, from_language=form.source.data, to_language=form.target.data, pages=chosen,
                    writer_may=bool(form.writer_may.data), actor=current_user.id,
                )  # fmt: skip
        except DomainError as refusal:
            problem = _(refusal.message)
        else:
            flash(_("It stands among the tasks of volunteers."))
            return back_to(reply_id, anchor="words-title")
    page = render_template(
        "letters/staff/replies/ask.html", reply=reply, kind=wanted, form=form, pages=pages, chosen=chosen,
        problem=problem, **WORDS,
    )  # fmt: skip
    return page, 422 if form.errors or problem else 200


@bp.get("/<uuid:reply_id>/work/<uuid:task_id>")
@for_readers
def compare_work(reply_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """The pages, what was typed of them, and what changed between two revisions; open for twenty minutes."""
    if not is_opened(about(reply_id)):
        return _closed_page(reply_id, task_id)
    return _work_page(reply_id, task_id)


@bp.post("/<uuid:reply_id>/work/<uuid:task_id>/open")
@for_readers
def open_work(reply_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """Open the pages and what was typed; on record."""
    look_at(reply_id)
    return redirect(url_for("replies_staff.compare_work", reply_id=reply_id, task_id=task_id), 303)


@bp.post("/<uuid:reply_id>/work/<uuid:task_id>/return")
@for_readers
def return_work(reply_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """Send it back with a word."""
    look_at(reply_id)
    form = RemarkForm()
    words = form.words.data or ""
    try:
        with transaction():
            reply_work.send_back(reply_id, task_id, words, seen=form.seen.data or "", actor=current_user.id)
    except NotFound:
        raise
    except DomainError as problem:
        return _work_page(reply_id, task_id, _(problem.message), remark=words), 409 if words else 422
    flash(_("Sent back. Whoever typed it sees your words."))
    return redirect(url_for("replies_staff.list_work"), 303)


@bp.post("/<uuid:reply_id>/work/<uuid:task_id>/accept")
@for_readers
def accept_work(reply_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """It says what the pages say."""
    look_at(reply_id)
    try:
        with transaction():
            reply_work.accept(reply_id, task_id, seen=request.form.get("seen", ""), actor=current_user.id)
    except NotFound:
        raise
    except DomainError as problem:
        return _work_page(reply_id, task_id, _(problem.message)), 409
    flash(_("Accepted. Whoever gets the answer reads it below the pages."))
    return redirect(url_for("replies_staff.list_work"), 303)


@bp.post("/<uuid:reply_id>/work/<uuid:task_id>/stop")
@for_readers
def stop_asking(reply_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """It is not needed any more."""
    with transaction():
        was_open = reply_work.stop_asking(reply_id, task_id, actor=current_user.id)
    flash(_("Nobody is asked for it any more.") if was_open else _("It was over already."))
    return back_to(reply_id, anchor="words-title")


def _open_first(reply_id: uuid.UUID) -> ResponseReturnValue:
    flash(_("Open it first: that is on record."))
    return back_to(reply_id, anchor="pages-title")


def _closed_page(reply_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    reply, task = queries.get_reply(reply_id), reply_tasks.get_task(task_id, reply_id)
    if task is None:
        raise NotFound
    return render_template(
        "letters/staff/replies/closed_work.html", reply=reply, task=task, work_words=work_words,
        state_words=TASK_STATE_WORDS,
    )  # fmt: skip


def _work_page(reply_id: uuid.UUID, task_id: uuid.UUID, problem: str = "", remark: str = "") -> str:
    reply, task = queries.get_reply(reply_id), reply_tasks.get_task(task_id, reply_id)
    if task is None:
        raise NotFound
    if reply.body_erased_on is not None:
        return reply_page(reply_id, problem)
    revisions = reply_tasks.list_revisions(reply_id, *reply_tasks.text_of(task))
    old, new = _compared(task, revisions)
    last = revisions[-1] if revisions else None
    return render_template(
        "letters/staff/replies/compare.html", reply=reply, task=task, revisions=revisions, old=old, new=new,
        pages=queries.list_page_rows(reply_id), problem=problem, remark=remark, mark=desk.mark_of(last),
        form=RemarkForm(formdata=None, words=remark, seen=desk.mark_of(last)), words_of=desk.words_of,
        remark_of=desk.remark_of, work_words=work_words, state_words=TASK_STATE_WORDS,
        names=reply_tasks.pseudonyms_of({each.written_by for each in revisions if each.written_by}),
        is_over=task.state in OVER, **WORDS,
    )  # fmt: skip


def _compared(task: Task, revisions: Sequence[ReplyText]) -> tuple[ReplyText | None, ReplyText | None]:
    """The two revisions that the address asks for; else the last, and the one before it that somebody looked at."""
    by_number = {str(each.revision): each for each in revisions}
    new = by_number.get(request.args.get("new", "")) or (revisions[-1] if revisions else None)
    old = by_number.get(request.args.get("old", ""))
    if old is None and new is not None:
        before = [each for each in revisions if each.revision < new.revision]
        looked_at = [each for each in before if each.approved_by is not None or each.remark_sealed is not None]
        old = next(reversed(looked_at or before), None)
    return old, new
