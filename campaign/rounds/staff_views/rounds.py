"""Rounds: the list, planning one, its page and steps, the preview of a split and the decision."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.accounts.queries import names_of
from campaign.funds.queries.funds import list_postable
from campaign.funds.queries.funds import names_of as names_of_funds
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.rounds.forms.rounds import RoundForm, version_of
from campaign.rounds.models import GrantRound, RoundState, SplitRule
from campaign.rounds.queries import rounds as queries
from campaign.rounds.service import decisions
from campaign.rounds.service import rounds as service
from campaign.rounds.staff_views.blueprint import bp, for_deciders, for_readers, shared_words
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step, told

PER_PAGE, LONGEST_SEARCH = 25, 100


@bp.get("")
@for_readers
def list_rounds() -> str:
    """All of them; what narrows the list stands in the address."""
    search, state = one_line(request.args.get("q", ""), LONGEST_SEARCH), request.args.get("state", "")
    state, sort = state if state in set(RoundState) else "", request.args.get("sort", "")
    page = paginate(queries.select_rounds(state=state, search=search, sort=sort), per_page=PER_PAGE)
    return render_template(
        "rounds/staff/list.html", page=page, search=search, state=state, sort=sort,
        funds=names_of_funds({each.fund_id for each in page.items}, current_language()), **shared_words(),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_deciders
def plan_round() -> ResponseReturnValue:
    """Plan a round."""
    form = _form()
    if not form.is_submitted():
        form.opens_on.data = clock.today()
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            made = service.plan(form.draft(), actor=actor_id())
    except DomainError as problem:
        return _edit_page(form, None, told(problem)), 409
    flash(_("The round is planned. It takes applications once you open it."))
    return redirect(_url(made.id), 303)


@bp.route("/<uuid:round_id>/edit", methods=["GET", "POST"])
@for_deciders
def edit_round(round_id: uuid.UUID) -> ResponseReturnValue:
    """Change it. Whoever comes second is told, and loses nothing."""
    found, form = queries.get_round(round_id), _form()
    if not form.is_submitted():
        form.show(found)
    if not form.validate_on_submit():
        return _edit_page(form, found), 422 if form.errors else 200
    try:
        with transaction():
            service.edit(round_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        form.version.data = str(queries.get_round(round_id).version)
        return _edit_page(form, queries.get_round(round_id), told(problem)), 409
    flash(_("Saved."))
    return redirect(_url(round_id), 303)


@bp.get("/<uuid:round_id>")
@for_readers
def show_round(round_id: uuid.UUID) -> str:
    """One round with its applications."""
    return round_page(round_id)


@bp.post("/<uuid:round_id>/step")
@for_deciders
def take_step(round_id: uuid.UUID) -> ResponseReturnValue:
    """Take it on, back, or call it off."""
    to = request.form.get("to", "")
    if to not in set(RoundState):
        raise NotFound
    return step(
        lambda: service.step(round_id, RoundState(to), seen_version=version_of(request.form), actor=actor_id()),
        _("The round has moved on."), _url(round_id), lambda problem: round_page(round_id, problem),
    )  # fmt: skip


@bp.get("/<uuid:round_id>/split")
@for_deciders
def preview_split(round_id: uuid.UUID) -> str:
    """Who would get how much, by either rule, with a reason each."""
    return split_page(round_id)


@bp.post("/<uuid:round_id>/propose")
@for_deciders
def propose_split(round_id: uuid.UUID) -> ResponseReturnValue:
    """Propose a split; another decides."""
    rule = request.form.get("rule", "")
    if rule not in set(SplitRule):
        raise NotFound
    return step(
        lambda: decisions.propose(
            round_id, SplitRule(rule), seen_version=version_of(request.form), actor=actor_id()
        ),
        _("Proposed. A second person decides."), _url(round_id), lambda problem: split_page(round_id, problem),
    )  # fmt: skip


@bp.post("/<uuid:round_id>/<any('decide','take-back'):act>")
@for_deciders
def decide_split(round_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Say yes to the split as it was proposed, or take it back."""
    if act == "take-back":
        return step(
            lambda: decisions.take_back(round_id, actor=actor_id()), _("Taken back. Scores can be changed again."),
            _url(round_id), lambda problem: round_page(round_id, problem),
        )  # fmt: skip
    return step(
        lambda: decisions.decide(round_id, seen_version=version_of(request.form), actor=actor_id()), _("Decided."),
        _url(round_id), lambda problem: round_page(round_id, problem),
    )  # fmt: skip


@bp.post("/<uuid:round_id>/payments")
@for_deciders
def hand_on(round_id: uuid.UUID) -> ResponseReturnValue:
    """Make a draft of a payment for each grant."""
    try:
        with transaction():
            made = decisions.make_payments(round_id, actor=actor_id())
    except NotFound:
        raise
    except DomainError as problem:
        session.expire_all()
        return round_page(round_id, told(problem)), 409
    flash(ngettext("%(num)s draft of a payment is made.", "%(num)s drafts of payments are made.", made))
    return redirect(_url(round_id), 303)


def round_page(round_id: uuid.UUID, problem: str = "") -> str:
    """The page, with what stood in the way of the last step."""
    found, events = queries.get_round(round_id), queries.list_events(round_id)
    people = {each.actor_id for each in events} | {found.proposed_by, found.decided_by}
    moves = service.MOVES[RoundState(found.state)] & service.BY_BUTTON if found.proposal is None else set()
    if found.state in {RoundState.DECIDED, RoundState.PAID}:
        moves = service.MOVES[RoundState(found.state)] & service.BY_BUTTON
    return render_template(
        "rounds/staff/show.html", found=found, problem=problem, events=events,
        applications=queries.list_applications(round_id), scores=queries.scores_of(round_id),
        own=queries.own_scores(round_id, actor_id()), shares=decisions.shares_of(found),
        fund=names_of_funds({found.fund_id}, current_language()).get(found.fund_id, ""),
        names=names_of({each for each in people if each}), moves=[each for each in RoundState if each in moves],
        backwards=_backwards(found), by_category=queries.sums_by_category(round_id), **shared_words(),
    )  # fmt: skip


def split_page(round_id: uuid.UUID, problem: str = "") -> str:
    """The preview, with what stood in the way of proposing it."""
    found = queries.get_round(round_id)
    chosen = request.values.get("rule", "")
    rule = SplitRule(chosen) if chosen in set(SplitRule) else SplitRule.NEEDIEST
    available, shares = decisions.preview(round_id, rule)
    return render_template(
        "rounds/staff/split.html", found=found, problem=problem, rule=rule, rules=SplitRule, available=available,
        shares=shares, unscored=decisions.find_unscored(round_id),
        tabs_of_rules=[
            (url_for("rounds_staff.preview_split", round_id=round_id, rule=each.value), rule_word, each is rule)
            for each, rule_word in shared_words()["words"].RULE_WORDS.items()
        ],
        applications={each.number: each for each in queries.list_applications(round_id)}, **shared_words(),
    )  # fmt: skip


def _backwards(found: GrantRound) -> frozenset[RoundState]:
    """Which of the moves lead back."""
    if found.state == RoundState.VERIFICATION:
        return frozenset({RoundState.OPEN})
    return frozenset({RoundState.VERIFICATION}) if found.state == RoundState.SCORING else frozenset()


def _form() -> RoundForm:
    form = RoundForm()
    form.offer([(each.id, f"{each.code} {each.title_in(current_language())}") for each in list_postable()])
    return form


def _edit_page(form: RoundForm, found: GrantRound | None, problem: str = "") -> str:
    return render_template("rounds/staff/edit.html", form=form, found=found, problem=problem, **shared_words())


def _url(round_id: uuid.UUID) -> str:
    return url_for("rounds_staff.show_round", round_id=round_id)
