"""Asking many for the next step: seen beforehand with who is left out and why, begun, followed, stopped."""

import uuid

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import TooSlow, transaction
from campaign.kernel.errors import Conflict, Forbidden, NotFound
from campaign.kernel.text import id_in
from campaign.people import policy
from campaign.people.forms.ladder_words import ANSWER_WORDS, WAY_WORDS, ask_words, hold_words, step_options
from campaign.people.models import AskRound, AskWay, RoundState
from campaign.people.queries import ask_rounds as queries
from campaign.people.queries import segments as segments_queries
from campaign.people.queries.ladder_rules import read_rules
from campaign.people.queries.segment_tree import Refused
from campaign.people.service.ladder import rounds
from campaign.people.staff_views.ladder import bp, for_some
from campaign.web.guards import fresh

AT_WORK = frozenset({RoundState.WAITING, RoundState.RUNNING})
USUAL_MOST = 100


@bp.get("/asks")
@for_some
def list_rounds() -> str:
    """Who asked how many for what, and what came of it."""
    listed = queries.list_rounds(made_by=_whose())
    return render_template(
        "people/staff/ladder/rounds.html", rounds=listed, names=names_of(_people_of(*listed)), ask_words=ask_words,
        ways=WAY_WORDS, states=RoundState,
    )  # fmt: skip


@bp.get("/asks/new")
@for_some
@fresh
def choose_round() -> ResponseReturnValue:
    """Whom to ask for what, and how; once chosen, how many that are and who is left out."""
    return _choice_page()


@bp.post("/asks/new")
@for_some
@fresh
def begin_round() -> ResponseReturnValue:
    """Begin, unless there are not as many as were seen."""
    wish, seen = _wish(), request.form.get("seen", "")
    if wish is None:
        return _choice_page(_("Choose what to ask for.")), 422
    try:
        with transaction():
            made = rounds.begin(wish, seen=int(seen) if seen.isascii() and seen.isdecimal() else 0, actor=current_user)
    except Conflict as problem:
        return _choice_page(_(problem.message)), 409
    except (NotFound, Refused):
        return _choice_page(_("These people cannot be found any more: choose again.")), 422
    return redirect(url_for("ladder.show_round", round_id=made.id), 303)


@bp.get("/asks/<uuid:round_id>")
@for_some
def show_round(round_id: uuid.UUID) -> ResponseReturnValue:
    """How far one is, who was left out and why, and what came of it."""
    return _round_page(round_id)


@bp.get("/asks/<uuid:round_id>/progress")
@for_some
def show_round_progress(round_id: uuid.UUID) -> ResponseReturnValue:
    """The same as numbers, for the page that follows it."""
    row = queries.get_round(round_id, made_by=_whose())
    return jsonify(done=queries.count_done(round_id), is_at_work=row.state == RoundState.RUNNING)


@bp.post("/asks/<uuid:round_id>/approve")
@for_some
@fresh
def approve_round(round_id: uuid.UUID) -> ResponseReturnValue:
    """Let a mail to many go, as the second person."""
    queries.get_round(round_id, made_by=_whose())
    try:
        with transaction():
            rounds.approve(round_id, actor=current_user)
    except Conflict as problem:
        return _round_page(round_id, _(problem.message)), 409
    flash(_("Approved. No mail leaves within ten minutes, and it can be stopped until then and later."))
    return redirect(url_for("ladder.show_round", round_id=round_id), 303)


@bp.post("/asks/<uuid:round_id>/stop")
@for_some
@fresh
def stop_round(round_id: uuid.UUID) -> ResponseReturnValue:
    """Ask nobody more, and take back what can be."""
    queries.get_round(round_id, made_by=_whose())
    try:
        with transaction():
            row = rounds.stop(round_id, actor=current_user.id)
    except Conflict as problem:
        return _round_page(round_id, _(problem.message)), 409
    flash(_("Stopped. Taken back: %(amount)s.", amount=row.taken_back))
    return redirect(url_for("ladder.show_round", round_id=round_id), 303)


def _whose() -> uuid.UUID | None:
    """Whose acts may be seen: everybody's by those who see everybody, else one's own."""
    return None if policy.can_see_everybody(current_user) else current_user.id


def _wish() -> rounds.Wish | None:
    step, way, most = (request.values.get(name, "") for name in ("step", "way", "most"))
    if step not in dict(step_options()) or way not in set(AskWay):
        return None
    amount = int(most) if most.isascii() and most.isdecimal() and len(most) < 6 else USUAL_MOST
    amount = min(max(amount, 1), rounds.MOST_PEOPLE)
    return rounds.Wish(step, AskWay(way), amount, id_in(request.values.get("segment", "")))


def _choice_page(problem: str = "") -> str:
    wish, seen = _wish(), None
    if wish is not None:
        try:
            seen = rounds.preview(wish, current_user)
        except TooSlow:
            problem = problem or _("That takes too long to count now. A segment of fewer people helps.")
        except Forbidden:
            raise
        except (NotFound, Refused):
            problem = problem or _("This segment cannot be used as it is.")
    return render_template(
        "people/staff/ladder/round_new.html", wish=wish, seen=seen, problem=problem, steps=step_options(),
        ways=WAY_WORDS, segments=segments_queries.list_segments(current_user.id, archived=False),
        ask_words=ask_words, hold_words=hold_words, chosen=request.values, usual=USUAL_MOST, most=rounds.MOST_PEOPLE,
        mails_a_day=read_rules().mails_a_day, mail=AskWay.MAIL,
    )  # fmt: skip


def _round_page(round_id: uuid.UUID, problem: str = "") -> str:
    row = queries.get_round(round_id, made_by=_whose())
    return render_template(
        "people/staff/ladder/round.html", row=row, problem=problem, names=names_of(_people_of(row)),
        what=ask_words(row.step), way=WAY_WORDS[row.way], done=queries.count_done(round_id), states=RoundState,
        left_out=[(hold_words(hold), amount) for hold, amount in queries.list_left_out(round_id)],
        answers=[(ANSWER_WORDS[state], amount) for state, amount in queries.list_answers(round_id)],
        can_stop=rounds.can_be_stopped(row), is_mail=row.way == AskWay.MAIL, is_at_work=row.state in AT_WORK,
        may_approve=policy.can_see_everybody(current_user) and row.made_by != current_user.id,
        mails_a_day=read_rules().mails_a_day,
    )  # fmt: skip


def _people_of(*listed: AskRound) -> set[uuid.UUID]:
    return {each for row in listed for each in (row.made_by, row.approved_by) if each is not None}
