"""Funds: the list, making and changing one, its page, its moves."""

import uuid
from collections.abc import Sequence

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.funds import policy
from campaign.funds.charts import INKS, draw_fund
from campaign.funds.forms.funds import ClosingForm, FundForm
from campaign.funds.models import POSTABLE, SHOWN, Fund, FundKind, FundState, PublicLevel, Residual
from campaign.funds.queries import entries, funds
from campaign.funds.queries.balances import Sums, balances_at, sums_at
from campaign.funds.queries.rates import worth
from campaign.funds.service import funds as service
from campaign.funds.staff_views.blueprint import LONGEST_SEARCH, bp, for_readers, for_writers, shared_words
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_money import fund_panels
from campaign.kernel.text import one_line
from campaign.prisoners.models import Prisoner
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step, told

PER_PAGE = 25


@bp.get("")
@for_readers
def list_funds() -> str:
    """All of them with what they have; what narrows the list stands in the address."""
    search, sort = one_line(request.args.get("q", ""), LONGEST_SEARCH), request.args.get("sort", "")
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    kind, state = kind if kind in set(FundKind) else "", state if state in set(FundState) else ""
    page = paginate(funds.funds(search=search, kind=kind, state=state, sort=sort), per_page=PER_PAGE)
    sums = sums_at(clock.today(), [each.id for each in page.items])
    return render_template(
        "funds/staff/list.html", page=page, search=search, kind=kind, state=state, sort=sort, sums=sums,
        goals={each.id: _goal(each) for each in page.items}, language=current_language(), money=Money, **shared_words(),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def make_fund() -> ResponseReturnValue:
    """Make a draft."""
    form = FundForm()
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            made = service.create_fund(form.draft(), actor=actor_id())
    except DomainError as problem:
        return _edit_page(form, None, told(problem)), 409
    flash(_("The fund is a draft. Hand it in when it is ready; a second person opens it."))
    return redirect(url_for("funds_staff.show_fund", fund_id=made.id), 303)


@bp.route("/<uuid:fund_id>/edit", methods=["GET", "POST"])
@for_writers
def edit_fund(fund_id: uuid.UUID) -> ResponseReturnValue:
    """Change what it says. Whoever comes second is told, and loses nothing."""
    found, form = funds.get_fund(fund_id), FundForm()
    if not form.is_submitted():
        prisoner = _prisoner(found)
        form.show(found, prisoner.slug if prisoner else "")
    if not form.validate_on_submit():
        return _edit_page(form, found), 422 if form.errors else 200
    try:
        with transaction():
            service.edit_fund(fund_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        form.version.data = str(funds.get_fund(fund_id).version)
        return _edit_page(form, funds.get_fund(fund_id), told(problem)), 409
    flash(_("Saved."))
    return redirect(url_for("funds_staff.show_fund", fund_id=fund_id), 303)


@bp.get("/<uuid:fund_id>")
@for_readers
def show_fund(fund_id: uuid.UUID) -> str:
    """One fund: what it has, where it stands, what was entered for it."""
    return fund_page(funds.get_fund(fund_id))


@bp.post("/<uuid:fund_id>/state")
@for_readers
def move_fund(fund_id: uuid.UUID) -> ResponseReturnValue:
    """Hand it in, open it, let it rest, end it."""
    found, to = funds.get_fund(fund_id), request.form.get("to", "")
    if to not in set(FundState):
        raise NotFound
    if not policy.can_move(current_user, FundState(to)):
        raise Forbidden
    rule: tuple[Residual | None, uuid.UUID | None] = (None, None)
    if to == FundState.CLOSING and found.state != FundState.CLOSED:
        form = _closing_form(found)
        if not form.validate():
            return fund_page(found, _("Choose a fund that is there to take what is left.")), 422
        rule = form.rule()
    said = {
        FundState.REVIEW: _("Handed in. A second person looks at it and opens it."),
        FundState.DRAFT: _("It is a draft again."),
        FundState.OPEN: _("The fund is open."),
        FundState.PAUSED: _("The fund rests: where to give is not shown."),
        FundState.CLOSING: _("The fund comes to its end. A second person ends it, and what is left moves on."),
        FundState.CLOSED: _("The fund has ended. What was left has moved on."),
    }
    if found.state == FundState.CLOSED:
        said[FundState.CLOSING] = _("The fund takes entries again. A second person ends it anew.")
    return step(
        lambda: service.move_fund(
            fund_id, FundState(to), seen_version=_seen_version(), actor=actor_id(), residual=rule[0],
            residual_fund_id=rule[1],
        ),
        said[FundState(to)], url_for("funds_staff.show_fund", fund_id=fund_id),
        lambda problem: fund_page(funds.get_fund(fund_id), problem),
    )  # fmt: skip


@bp.get("/<uuid:fund_id>/figures-<scheme>.svg")
@for_readers
def draw(fund_id: uuid.UUID, scheme: str) -> Response:
    """The need, what came in, what was passed on and what is left, as a picture."""
    if scheme not in INKS:
        abort(404)
    found = funds.get_fund(fund_id)
    return Response(draw_fund(found, sums_of(found), INKS[scheme]), mimetype="image/svg+xml")


def fund_page(found: Fund, problem: str = "") -> str:
    """The page, with what stood in the way of the last step."""
    today, events, givings = clock.today(), funds.list_events(found.id), funds.list_givings(found.id)
    people = {each.actor_id for each in events} | {found.created_by, found.submitted_by}
    people |= {each.asked_by for each in givings} | {each.decided_by for each in givings}
    sums = sums_at(today, [found.id]).get(found.id, [])
    page = paginate(entries.postings_of(found.id), per_page=PER_PAGE, whole_rows=True)
    target = funds.names_of({found.residual_fund_id} - {None}, current_language())  # type: ignore[arg-type]
    return render_template(
        "funds/staff/show.html", found=found, problem=problem, sums=sums, balances=balances_at(today, [found.id]),
        page=page, events=events, givings=givings, names=names_of({each for each in people if each}),
        moves=_moves(found), closing=_closing_form(found), goal=_goal(found), worths=_worths(found, sums),
        prisoner=_prisoner(found), target=target.get(found.residual_fund_id or found.id, ""), money=Money,
        is_postable=found.state in POSTABLE,
        holds=service.holds_of(found.id) if found.state == FundState.CLOSING else [],
        panels=[each for make in fund_panels if (each := make(found.id))],
        is_public=found.state in SHOWN and found.public_level != PublicLevel.HIDDEN,
        language=current_language(), **shared_words(),
    )  # fmt: skip


def sums_of(found: Fund) -> Sequence[Sums]:
    """What it received, passed on and has today, by currency."""
    return sums_at(clock.today(), [found.id]).get(found.id, [])


def _seen_version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def _moves(found: Fund) -> Sequence[FundState]:
    """Where it can go now, by whoever looks."""
    return [
        to for to in FundState
        if to in service.MOVES[FundState(found.state)] and policy.can_move(current_user, to)
        and not ((found.state, to) in service.SECOND_PERSON and found.submitted_by == actor_id())
    ]  # fmt: skip


def _closing_form(found: Fund) -> ClosingForm:
    form, general = ClosingForm(), funds.find_general()
    named = [
        (each.id, f"{each.code} {each.title_in(current_language())}")
        for each in funds.list_postable(but=[found.id]) if each.state != FundState.CLOSING
    ]  # fmt: skip
    form.offer(named, general=general is not None and general.id != found.id and general.state in POSTABLE)
    return form


def _goal(found: Fund) -> Money | None:
    return None if found.goal is None else Money(found.goal, found.currency)


def _worths(found: Fund, sums: Sequence[Sums]) -> dict[str, Money]:
    """What lies there in other currencies, in the fund's own; what has no rate is missing."""
    today = clock.today()
    about = {each.currency: worth(Money(each.has, each.currency), found.currency, today) for each in sums}
    return {currency: money for currency, money in about.items() if money is not None and currency != found.currency}


def _prisoner(found: Fund) -> Prisoner | None:
    return None if found.prisoner_id is None else session.get(Prisoner, found.prisoner_id)


def _edit_page(form: FundForm, found: Fund | None, problem: str = "") -> str:
    return render_template(
        "funds/staff/edit.html", form=form, found=found, problem=problem,
        is_fixed=found is not None and found.state in POSTABLE, language=current_language(), **shared_words(),
    )  # fmt: skip
