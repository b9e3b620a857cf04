"""The ladder as a picture: how many stand on each rung, may be asked now, or wait and why; and the rules."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.registry_ladder import list_steps
from campaign.people import policy
from campaign.people.charts import funnel
from campaign.people.forms import ladder_rules as in_words
from campaign.people.forms.ladder_words import ask_words, hold_words, rung_words
from campaign.people.models import CountState, LadderCount
from campaign.people.queries.ladder import HELD, RUNG
from campaign.people.queries.ladder_rules import list_bounds, read_numbers, read_rules
from campaign.people.queries.segments import EVERYBODY
from campaign.people.service.ladder import count, rules
from campaign.people.service.segments.audience import audience_of
from campaign.web.charts import INKS
from campaign.web.guards import requires, requires_some

bp = Blueprint("ladder", __name__)
for_some = requires_some(policy.SCOPE, *policy.READERS)


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the table."""

    name: str
    amount: int
    place: str
    """For the list of people."""
    next: str = ""
    step: str = ""
    free: int = 0
    mail: int = 0
    waits: tuple[tuple[str, int, str], ...] = ()
    """Why, how many, and the place for the list of people."""

    @property
    def waiting(self) -> int:
        """How many wait, for whatever reason."""
        return sum(amount for _why, amount, _place in self.waits)


@bp.get("")
@for_some
def show_ladder() -> str:
    """The picture, its table, and what came of asking."""
    audience = audience_of(current_user)
    figures = count.find_count(audience)
    rungs, came = _rungs(figures), figures.figures["came"] if figures is not None and figures.figures else {}
    now = read_rules()
    return render_template(
        "people/staff/ladder/show.html", figures=figures, rungs=rungs[::-1], states=CountState,
        came=[(ask_words(step.name), came.get(step.name)) for step in list_steps()],
        is_old=figures is not None and count.is_old(figures), is_narrowed=audience != EVERYBODY,
        sentences=in_words.sentences(now), general=in_words.general(now), may_change=policy.can_define(current_user),
        total=sum(each.amount for each in rungs),
    )  # fmt: skip


@bp.get("/count.json")
@for_some
def show_count() -> ResponseReturnValue:
    """Whether it is still being counted, for the page that waits."""
    figures = count.find_count(audience_of(current_user))
    return jsonify(done=0, is_at_work=figures is not None and figures.state == CountState.WAITING)


@bp.post("/count")
@for_some
def count_again() -> ResponseReturnValue:
    """Have it counted anew, in the background."""
    with transaction():
        count.ask_for(audience_of(current_user))
    flash(_("It is being counted."))
    return redirect(url_for("ladder.show_ladder"), 303)


@bp.get("/funnel-<scheme>.svg")
@for_some
def draw_funnel(scheme: str) -> Response:
    """How many have reached each rung or a higher one, as a picture."""
    figures = count.find_count(audience_of(current_user))
    if scheme not in INKS:
        abort(404)
    rungs = figures.figures["rungs"] if figures is not None and figures.figures else []
    reached = [sum(rungs[rung:]) for rung in range(len(rungs))]
    rows = [(f"{rung}.", amount, format_decimal(amount)) for rung, amount in enumerate(reached)]
    return Response(funnel(rows, ink=INKS[scheme]), mimetype="image/svg+xml")


@bp.route("/rules", methods=["GET", "POST"])
@requires(*policy.READERS)
def change_rules() -> ResponseReturnValue:
    """The numbers of the rules, each with how it came and within what it may be."""
    if request.method == "GET":
        return _rules_page()
    typed = {each.name: request.form.get(each.name, "") for each in list_bounds() if each.name in request.form}
    try:
        with transaction():
            changed = rules.change_rules(typed, actor=current_user.id)
    except rules.OutOfBounds as problem:
        return _rules_page(typed, problem.bounds.name), 422
    flash(_("Saved. Everybody is counted anew.") if changed else _("Nothing differs from what was stored."))
    return redirect(url_for("ladder.show_ladder", _anchor="rules"), 303)


def _rules_page(typed: dict[str, str] | None = None, at_fault: str = "") -> str:
    now = read_numbers()
    return render_template(
        "people/staff/ladder/rules.html", bounds=list_bounds(), label_of=in_words.label_of, at_fault=at_fault,
        values={name: (typed or {}).get(name, str(number)) for name, number in now.items()},
    )  # fmt: skip


def _rungs(figures: LadderCount | None) -> list[Rung]:
    """The lines of the table, from the lowest; none before the first count."""
    if figures is None or figures.figures is None:
        return []
    held: dict[str, Any] = figures.figures["steps"]
    above = {step.rank - 1: step for step in list_steps()}
    lines = []
    for rung, amount in enumerate(figures.figures["rungs"]):
        line, step = Rung(rung_words(rung), amount, f"{RUNG}:{rung}"), above.get(rung)
        if step is not None and step.name in held:
            found = held[step.name]
            waits = sorted(found["holds"].items(), key=lambda pair: -pair[1])
            line = Rung(
                line.name, amount, line.place, ask_words(step.name), step.name, found["free"], found["mail"],
                tuple((hold_words(hold), many, f"{HELD}:{step.name}:{hold}") for hold, many in waits),
            )  # fmt: skip
        lines.append(line)
    return lines
