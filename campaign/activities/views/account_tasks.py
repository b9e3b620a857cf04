"""Tasks for whoever helps with an account: what was offered to them, what is open and fits, what they have."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.activities.forms import task_words as words
from campaign.activities.forms.task_words import EndingForm
from campaign.activities.models import LETTER_KINDS, Task
from campaign.activities.queries import tasks as queries
from campaign.activities.service import task_offers as offers
from campaign.activities.service.task_words import details_of
from campaign.activities.service.tasks import DAYS
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.people.forms.words import SKILL_WORDS, language_word
from campaign.people.models import Volunteer
from campaign.web.paging import paginate

bp = Blueprint("account_tasks", __name__)


@bp.get("")
def list_tasks() -> ResponseReturnValue:
    """What waits for their answer, what they have, what is open and fits, what they did last."""
    me = queries.find_volunteer(current_user.id)
    if me is None:
        return render_template("activities/tasks/list.html", me=None, **_words())
    return render_template(
        "activities/tasks/list.html", me=me, page=paginate(queries.select_fitting(me), per_page=20), days=DAYS,
        offered=queries.list_offered(me.person_id) if me.person_id is not None else [],
        mine=queries.list_held(me.person_id, me.id), done=queries.list_done(me.id),
        refused=queries.list_refused(me.person_id) if me.person_id is not None else [], **_words(),
    )  # fmt: skip


@bp.post("/ask-again")
def ask_again() -> ResponseReturnValue:
    """ "You may ask me for this kind after all"."""
    me, kind = _me(), request.form.get("kind", "")
    if me.person_id is not None:
        with transaction():
            offers.ask_again(me.person_id, kind)
    flash(_("Thank you for saying so."))
    return redirect(url_for("account_tasks.list_tasks"), 303)


@bp.get("/<uuid:task_id>")
def show_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """One task that is theirs, was offered to them, or fits."""
    return _page(task_id)


@bp.post("/<uuid:task_id>/take")
def take(task_id: uuid.UUID) -> ResponseReturnValue:
    """Take it until its day."""
    me = _me()
    is_open = queries.may_take(task_id, me)
    return _step(task_id, lambda: offers.take_up(task_id, _holder(me), is_open_to_them=is_open), _("It is yours."))


@bp.post("/<uuid:task_id>/decline")
def decline(task_id: uuid.UUID) -> ResponseReturnValue:
    """ "Not now", or "do not ask me again for this kind"."""
    me, never = _me(), request.form.get("answer") == "never"
    return _step(
        task_id, lambda: offers.decline(task_id, _holder(me), never=never), _("Thank you for saying so."), leaves=True
    )


@bp.post("/<uuid:task_id>/give-back")
def give_back(task_id: uuid.UUID) -> ResponseReturnValue:
    """Leave it to others."""
    me = _me()
    return _step(
        task_id, lambda: offers.hand_back(task_id, _holder(me)), _("Given back. Thank you for saying so."), leaves=True
    )


@bp.post("/<uuid:task_id>/done")
def finish(task_id: uuid.UUID) -> ResponseReturnValue:
    """It is done, with what came of it."""
    me, form = _me(), EndingForm(request.form)
    if not form.validate():
        return _page(task_id, form=form), 422
    ending = form.ending()
    return _step(
        task_id, lambda: offers.finish_own(task_id, _holder(me), ending), _("Done. Thank you."), form=form, leaves=True
    )


def _step(
    task_id: uuid.UUID, act: Callable[[], object], done: str, *, form: EndingForm | None = None, leaves: bool = False
) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except NotFound:
        raise
    except DomainError as problem:
        session.expire_all()
        words_of = _(problem.message) if problem.message else _("This is not possible right now.")
        if not _is_seen(task_id, _me()):
            flash(words_of)
            return redirect(url_for("account_tasks.list_tasks"), 303)
        return _page(task_id, words_of, form=form), 409
    flash(done)
    target = url_for("account_tasks.list_tasks") if leaves else url_for("account_tasks.show_task", task_id=task_id)
    return redirect(target, 303)


def _page(task_id: uuid.UUID, problem: str = "", *, form: EndingForm | None = None) -> str:
    me = _me()
    if not _is_seen(task_id, me):
        raise NotFound
    task = queries.get_task(task_id)
    return render_template(
        "activities/tasks/show.html", task=task, problem=problem, form=form or EndingForm(), details=details_of(task),
        is_theirs=offers.is_theirs(task, _holder(me)), is_for_them=offers.is_for_them(task, _holder(me)),
        **_words(),
    )  # fmt: skip


def _is_seen(task_id: uuid.UUID, me: Volunteer) -> bool:
    """Whether it is theirs, was offered to them, is open to them, or was done by them."""
    try:
        task: Task = queries.get_task(task_id)
    except NotFound:
        return False
    if task.kind in LETTER_KINDS:
        return False
    holder = _holder(me)
    is_near = offers.is_theirs(task, holder) or offers.is_for_them(task, holder) or task.claimed_by == me.id
    return is_near or queries.may_take(task_id, me)


def _me() -> Volunteer:
    found = queries.find_volunteer(current_user.id)
    if found is None:
        raise NotFound
    return found


def _holder(me: Volunteer) -> offers.Holder:
    return offers.Holder(me.person_id, me.id)


def _words() -> dict[str, object]:
    return {
        "words": words, "today": clock.today(), "skill_words": SKILL_WORDS, "language_word": language_word,
    }  # fmt: skip
