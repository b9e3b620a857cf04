"""Runs of the matching on the staff side: asked for, followed, looked at as a whole, accepted, run again."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.text import id_in, one_line
from campaign.penpals.forms import matching_words as words
from campaign.penpals.forms.matching import start_form
from campaign.penpals.matching.problem import decisive
from campaign.penpals.matching.weights import WEIGHTS
from campaign.penpals.models import MatchLevel, MatchRun, ProposalState, RunState
from campaign.penpals.policy import COORDINATORS
from campaign.penpals.queries import matching as queries
from campaign.penpals.service.matching import accept, ask
from campaign.penpals.staff_views.matching_names import broken_lines, interest_words
from campaign.web.charts import INKS
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.paired_chart import NARROW, WIDE, Words, paired_chart

bp = Blueprint("matching_staff", __name__)
for_coordinators = requires(*COORDINATORS)
SECONDS_BETWEEN_LOOKS = 4
LINES_A_PAGE = 25
SHOWN = frozenset({RunState.READY, RunState.CLOSED})


@bp.route("", methods=["GET", "POST"])
@for_coordinators
def list_runs() -> ResponseReturnValue:
    """Every run, and the form for another."""
    form, problem = start_form(ask.default_settings()), ""
    if form.validate_on_submit():
        try:
            with transaction():
                run = ask.ask_for_run(
                    MatchLevel(form.level.data), form.settings, seed=form.seed.data, actor=current_user.id
                )
            return redirect(url_for("matching_staff.show_run", run_id=run.id), 303)
        except Conflict as refusal:
            problem = _(refusal.message)
    page = paginate(queries.runs())
    body = render_template(
        "penpals/staff/matching/list.html", form=form, problem=problem, page=page, weights=WEIGHTS, words=words,
        counts=queries.count_lines([each.id for each in page.items]),
        names=names_of({each.asked_by for each in page.items if each.asked_by}),
    )  # fmt: skip
    return make_response(body, 409 if problem else 422 if form.errors else 200)


@bp.get("/<uuid:run_id>")
@for_coordinators
def show_run(run_id: uuid.UUID) -> ResponseReturnValue:
    """One run: how far it is, or what it proposes."""
    run = queries.get_run(run_id)
    chosen = line_filters(request.args)
    page = paginate(queries.lines(run.id, **_narrowing(chosen)), per_page=LINES_A_PAGE, whole_rows=True)
    body = render_template(
        "penpals/staff/matching/show.html", run=run, page=page, chosen=chosen, words=words,
        is_at_work=is_at_work(run), is_shown=run.state in SHOWN, counts=queries.count_lines([run.id])[run.id],
        pinned=queries.count_pinned(run.id), groups=queries.list_groups(run.id),
        languages=queries.list_languages(run.id), blame=queries.count_blame(run.id),
        broken=broken_lines(run), interests=interest_words(), states=ProposalState, language=current_language(),
        names=names_of({run.asked_by} if run.asked_by else set()), weights=WEIGHTS,
    )  # fmt: skip
    response = make_response(body)
    if is_at_work(run):
        # For browsers without scripts; with one, follow.js has come before it.
        response.headers["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


@bp.get("/<uuid:run_id>/progress.json")
@for_coordinators
def show_progress(run_id: uuid.UUID) -> Response:
    """How far it is, for the page that is open."""
    run = queries.get_run(run_id)
    return jsonify(state=run.state, stage=run.stage, done=run.done, is_at_work=is_at_work(run))


@bp.get("/<uuid:run_id>/picture-<ink>.svg")
@for_coordinators
def draw_picture(run_id: uuid.UUID, ink: str) -> Response:
    """Attention before and after, a pair of bars for each tenth of the people."""
    run = queries.get_run(run_id)
    if ink not in INKS or run.state not in SHOWN:
        raise NotFound
    floor = run.settings["floor"] / 4
    pairs = list(zip(run.figures["before"]["tenths"], run.figures["after"]["tenths"], strict=True))
    captions = Words(
        title=_("Letters in 90 days for each tenth of the people, before and after"), before=_("now"),
        after=_("if all is accepted"), line=_("floor: %(count)s", count=format_decimal(floor)),
        first=_("the tenth with fewest letters"), last=_("with most"),
    )  # fmt: skip
    labels = [(_short(before), _short(after)) for before, after in pairs]
    sheet = NARROW if request.args.get("sheet") == "narrow" else WIDE
    picture = paired_chart(pairs, line=floor, ink=INKS[ink], words=captions, labels=labels, sheet=sheet)
    return Response(picture, mimetype="image/svg+xml")


@bp.get("/<uuid:run_id>/without")
@for_coordinators
def list_without(run_id: uuid.UUID) -> str:
    """Who stays below the floor, and which condition is to blame."""
    run = queries.get_run(run_id)
    return render_template(
        "penpals/staff/matching/without.html", run=run, words=words, language=current_language(),
        page=paginate(queries.unplaced(run.id), per_page=LINES_A_PAGE, whole_rows=True),
        blame=queries.count_blame(run.id), decisive=decisive,
    )  # fmt: skip


@bp.post("/<uuid:run_id>/cancel")
@for_coordinators
def cancel_run(run_id: uuid.UUID) -> ResponseReturnValue:
    """Stop a run that is at work."""
    with transaction():
        ask.cancel_run(run_id, actor=current_user.id)
    flash(_("Cancelled. Nothing of it was kept."))
    return _back(run_id)


@bp.post("/<uuid:run_id>/again")
@for_coordinators
def run_again(run_id: uuid.UUID) -> ResponseReturnValue:
    """The same once more with what is true now; pins are kept."""
    with transaction():
        run = ask.ask_again(run_id, actor=current_user.id)
    return _back(run.id)


@bp.post("/<uuid:run_id>/close")
@for_coordinators
def close_run(run_id: uuid.UUID) -> ResponseReturnValue:
    """Leave what is open undecided."""
    with transaction():
        ask.close_run(run_id, actor=current_user.id)
    flash(_("Closed. Nothing more of it is decided on."))
    return _back(run_id)


@bp.post("/<uuid:run_id>/accept-all")
@for_coordinators
def accept_all(run_id: uuid.UUID) -> ResponseReturnValue:
    """Begin to accept every open line, in the background."""
    with transaction():
        count = accept.ask_to_accept_all(run_id, actor=current_user.id)
    flash(ngettext("%(num)s line is being accepted.", "%(num)s lines are being accepted.", count))
    return _back(run_id)


@bp.post("/<uuid:run_id>/stop-accepting")
@for_coordinators
def stop_accepting(run_id: uuid.UUID) -> ResponseReturnValue:
    """Stop after the lines at hand."""
    with transaction():
        accept.stop_accepting(run_id, actor=current_user.id)
    flash(_("Stopped. What was accepted stays so; the rest is open."))
    return _back(run_id)


def is_at_work(run: MatchRun) -> bool:
    """Whether something happens in the background that is worth looking at again."""
    return run.state in ask.AT_WORK or run.stage == accept.ACCEPTING


def line_filters(source: Any) -> dict[str, str]:
    """What the address or a form narrows the lines by; nonsense narrows nothing."""
    state, only, sort = (source.get(name, "") for name in ("state", "only", "sort"))
    language, group = (one_line(source.get(name, ""), 40) for name in ("language", "group"))
    return {
        "state": state if state in set(ProposalState) else "",
        "only": only if only in {"pinned", "added"} else "",
        "language": language,
        "group": group if id_in(group) else "",
        "q": one_line(source.get("q", ""), 100),
        "sort": sort if sort.removeprefix("-") in {"rank", "prisoner", "writer"} else "",
    }


def _narrowing(chosen: dict[str, str]) -> dict[str, Any]:
    rest = {name: chosen[name] for name in ("state", "only", "language", "sort")}
    return {**rest, "group": id_in(chosen["group"]), "words": chosen["q"]}


def _short(value: float) -> str:
    return str(format_decimal(round(value, 1) if value < 10 else round(value)))


def _back(run_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("matching_staff.show_run", run_id=run_id), 303)
