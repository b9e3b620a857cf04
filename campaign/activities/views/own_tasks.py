"""The page of a task behind the link of a mail, for whoever was asked and has no account: accept, decline, done."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.activities.forms import task_words as words
from campaign.activities.forms.task_words import EndingForm
from campaign.activities.models import Task, TaskOffer, TaskRefusal, TaskState
from campaign.activities.service import task_offers as offers
from campaign.activities.service.task_words import details_of
from campaign.kernel import clock, tokens
from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.web.guards import guarded_by_token
from campaign.web.here import stands_at

bp = Blueprint("own_tasks", __name__)


@bp.get("/<token>")
def show_own(token: str) -> ResponseReturnValue:
    """What one is asked to do. Mail scanners follow links, so nothing happens here."""
    return _page(token)


@bp.post("/<token>/accept")
@guarded_by_token
def accept(token: str) -> ResponseReturnValue:
    """ "I do it"."""
    return _step(token, lambda task, holder: offers.take_up(task.id, holder))


@bp.post("/<token>/decline")
@guarded_by_token
def decline(token: str) -> ResponseReturnValue:
    """ "Not now", or "do not ask me again for this kind"."""
    never = request.form.get("answer") == "never"
    return _step(token, lambda task, holder: offers.decline(task.id, holder, never=never))


@bp.post("/<token>/ask-again")
@guarded_by_token
def ask_again(token: str) -> ResponseReturnValue:
    """ "You may ask me for this kind after all"."""
    found = _find(token)
    if found is not None:
        with transaction():
            offers.ask_again(found[0].person_id, found[1].kind)
    return redirect(url_for("own_tasks.show_own", token=token), 303)


@bp.post("/<token>/give-back")
@guarded_by_token
def give_back(token: str) -> ResponseReturnValue:
    """ "I cannot after all"."""
    return _step(token, lambda task, holder: offers.hand_back(task.id, holder))


@bp.post("/<token>/done")
@guarded_by_token
def finish(token: str) -> ResponseReturnValue:
    """It is done, with what came of it."""
    form = EndingForm(request.form)
    if not form.validate():
        return _page(token, form=form, status=422)
    ending = form.ending()
    return _step(token, lambda task, holder: offers.finish_own(task.id, holder, ending), form=form)


def _find(token: str) -> tuple[TaskOffer, Task] | None:
    """The offer and its task; None when either is gone or the link has run out."""
    try:
        found = offers.find_by_token(token)
    except tokens.TokenExpired:
        return None
    except (tokens.BadToken, KeyDestroyed, KeyMissing) as problem:
        raise NotFound from problem
    task = session.get(Task, found.task_id, populate_existing=True) if found is not None else None
    return (found, task) if found is not None and task is not None else None


def _step(
    token: str, act: Callable[[Task, offers.Holder], object], *, form: EndingForm | None = None
) -> ResponseReturnValue:
    found = _find(token)
    if found is None:
        return _page(token)
    try:
        with transaction():
            act(found[1], offers.holder_of(found[0]))
    except NotFound:
        return _page(token)
    except DomainError as problem:
        session.expire_all()
        words_of = _(problem.message) if problem.message else _("This is not possible right now.")
        return _page(token, problem=words_of, form=form, status=409)
    return redirect(url_for("own_tasks.show_own", token=token), 303)


def _page(token: str, *, problem: str = "", form: EndingForm | None = None, status: int = 200) -> Response:
    stands_at(url_for("own_tasks.show_own", token=token))
    found = _find(token)
    if found is None:
        return make_response(render_template("activities/tasks/gone.html"), status)
    made, task = found
    holder = offers.holder_of(made)
    is_theirs, is_for_them = offers.is_theirs(task, holder), offers.is_for_them(task, holder)
    was_theirs = task.state == TaskState.DONE and task.person_id == made.person_id
    page = render_template(
        "activities/tasks/own.html", token=token, offer=made, task=task, problem=problem, form=form or EndingForm(),
        is_theirs=is_theirs, is_for_them=is_for_them, was_theirs=was_theirs, words=words, today=clock.today(),
        # Whoever gave it up, or whose link outlived the task, reads no word of it any more.
        details=details_of(task) if is_theirs or is_for_them else "",
        is_refused=session.get(TaskRefusal, (made.person_id, task.kind)) is not None,
    )  # fmt: skip
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
