"""One's own page of an ask, behind the link of its mail: what was asked, and a button for each way to say no."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.kernel import tokens
from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.registry_ladder import ladder_steps
from campaign.people.forms.ladder_words import ask_words
from campaign.people.models import Ask, AskRest, AskState
from campaign.people.service.ladder import answers
from campaign.people.service.ladder.links import find_by_token
from campaign.web.guards import guarded_by_token
from campaign.web.here import stands_at

bp = Blueprint("own_asks", __name__)
NOT_OURS = (tokens.BadToken, tokens.TokenExpired, KeyDestroyed, KeyMissing)


@bp.get("/<token>")
def show_own(token: str) -> ResponseReturnValue:
    """What was asked. Mail scanners follow links, so nothing happens here."""
    return _page(token)


@bp.post("/<token>")
@guarded_by_token
def answer(token: str) -> ResponseReturnValue:
    """Not now, never this, or this again after all; doing it twice shows the same page."""
    said = request.form.get("said", "")
    if said == "again":
        return _step(token, lambda row: answers.open_again(row.id, person_id=row.person_id, actor=None))
    if said not in {AskState.NOT_NOW, AskState.NEVER}:
        return _page(token)
    return _step(token, lambda row: answers.answer(row.id, AskState(said), person_id=row.person_id, actor=None))


@bp.post("/<token>/rest")
@guarded_by_token
def set_rest(token: str) -> ResponseReturnValue:
    """Nothing for so many months, until one says otherwise, or asking may go on."""
    months = answers.read_months(request.form.get("months", ""))
    if months == 0:
        return _step(token, lambda row: answers.end_rest(row.person_id, actor=None))
    return _step(token, lambda row: answers.rest(row.person_id, months, actor=None))


@bp.post("/<token>/stop")
@guarded_by_token
def stop(token: str) -> ResponseReturnValue:
    """The button of a mail program (RFC 8058): be asked for nothing until one says otherwise."""
    return _step(token, lambda row: answers.rest(row.person_id, None, actor=None))


def _find(token: str) -> Ask | None:
    try:
        return find_by_token(token)
    except NOT_OURS as problem:
        raise NotFound from problem


def _step(token: str, act: Callable[[Ask], object]) -> ResponseReturnValue:
    row = _find(token)
    if row is not None:
        try:
            with transaction():
                act(row)
        except NotFound:
            return _page(token)
    return redirect(url_for("own_asks.show_own", token=token), 303)


def _page(token: str) -> Response:
    stands_at(url_for("own_asks.show_own", token=token))
    row = _find(token)
    if row is None:
        return make_response(render_template("people/asks/gone.html"))
    path = ladder_steps[row.step].path if row.step in ladder_steps else ""
    return make_response(
        render_template(
            "people/asks/own.html", token=token, ask=row, what=ask_words(row.step), path=path, states=AskState,
            rest=session.get(AskRest, row.person_id, populate_existing=True), months=answers.MONTHS,
        )
    )  # fmt: skip
