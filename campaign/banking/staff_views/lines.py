"""Lines on the staff side: the list of those that stand for nothing yet, and the page on which one says what a line is.

Whatever is done, the page of the next line of the same list follows, with the same filters in its address.
"""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.banking import service
from campaign.banking.models import BankLine, BankMatch, IgnoreReason, LineState
from campaign.banking.queries import get_line, lists
from campaign.banking.queries.lists import SORTS, STATES, TO_DO, Wanted
from campaign.banking.queries.said import read_note, read_said
from campaign.banking.service import aside, looks, own, suggesting
from campaign.banking.staff_views.blueprint import bp, for_keepers, for_readers, shared_words, told
from campaign.banking.staff_views.working import working_page
from campaign.kernel import audit
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.money import BadAmount, Money
from campaign.kernel.registry_money import line_takers
from campaign.kernel.text import id_in
from campaign.web.guards import fresh
from campaign.web.opened import is_opened, open_on_record
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

FILTERS = ("state", "account", "way", "fit", "since", "until", "code", "amount", "statement", "sort")
PER_PAGE = 50


@bp.get("/lines")
@for_readers
def list_lines() -> str:
    """Lines, those that stand for nothing yet first of all."""
    wanted = wanted_lines()
    page = paginate(lists.lines(wanted), per_page=PER_PAGE)
    return render_template(
        "banking/staff/lines.html", page=page, wanted=wanted, accounts=lists.accounts_by_id(), filters=kept_filters(),
        best=lists.best_of({each.id for each in page.items if each.state == LineState.OPEN}), all_states=STATES,
        waiting=lists.waiting_by_account(), takers={name: _(taker.label) for name, taker in line_takers.items()},
        typed_amount=request.args.get("amount", ""), **shared_words(),
    )  # fmt: skip


@bp.post("/lines/suggest")
@for_keepers
def suggest_anew() -> ResponseReturnValue:
    """Look through all open lines anew."""
    with transaction():
        suggesting.begin_suggesting(actor=actor_id())
    flash(_("All open lines are looked through anew. What is certain is accepted by itself."))
    return redirect(url_for("banking_staff.list_lines", **kept_filters()), 303)


@bp.get("/lines/<uuid:line_id>")
@for_readers
def show_line(line_id: uuid.UUID) -> ResponseReturnValue:
    """One line, and what it may stand for."""
    return _page(get_line(line_id))


@bp.post("/lines/<uuid:line_id>/show")
@for_keepers
@fresh
def show_said(line_id: uuid.UUID) -> ResponseReturnValue:
    """Show who a line is from, what it says and what was noted of it: on record, and open for a while."""
    get_line(line_id)
    open_on_record(
        about(line_id),
        lambda: audit.record("bank.line_shown", actor=actor_id(), about=f"bank-line:{line_id}"), actor_id(),
    )  # fmt: skip
    return redirect(url_for("banking_staff.show_line", line_id=line_id, **kept_filters()), 303)


@bp.post("/lines/<uuid:line_id>/match")
@for_keepers
def match_line(line_id: uuid.UUID) -> ResponseReturnValue:
    """Accept that so much of it is this."""
    kind, candidate = request.form.get("kind", ""), _uuid("candidate")
    line = get_line(line_id)

    def act() -> BankLine:
        if candidate is None:
            raise NotFound
        service.match(line_id, kind, candidate, _amount(line), actor_id(), version=_version())
        return get_line(line_id)

    return _step(line_id, act, _("Accepted."))


@bp.post("/lines/<uuid:line_id>/undo/<uuid:match_id>")
@for_keepers
def undo_match(line_id: uuid.UUID, match_id: uuid.UUID) -> ResponseReturnValue:
    """Take one of its matches back."""
    found = session.get(BankMatch, match_id)
    if found is None or found.line_id != line_id:
        raise NotFound
    return _step(line_id, lambda: service.undo_match(match_id, actor_id(), version=_version()), _("Taken back."),
                 stays=True)  # fmt: skip


@bp.post("/lines/<uuid:line_id>/undo-own")
@for_keepers
def undo_own(line_id: uuid.UUID) -> ResponseReturnValue:
    """Take back that it is ours alone."""
    return _step(line_id, lambda: own.undo_own(line_id, actor_id(), version=_version()), _("Taken back."), stays=True)


@bp.post("/lines/<uuid:line_id>/hold")
@for_keepers
def hold_line(line_id: uuid.UUID) -> ResponseReturnValue:
    """Let it wait."""
    note = request.form.get("note", "")
    return _step(line_id, lambda: aside.hold(line_id, note, actor_id(), version=_version()), _("It waits now."))


@bp.post("/lines/<uuid:line_id>/ignore")
@for_keepers
def ignore_line(line_id: uuid.UUID) -> ResponseReturnValue:
    """Leave it out of the books."""
    reason, note = request.form.get("reason", ""), request.form.get("note", "")
    return _step(
        line_id, lambda: aside.ignore(line_id, reason, note, actor_id(), version=_version()), _("It is left out now.")
    )  # fmt: skip


@bp.post("/lines/<uuid:line_id>/take-up")
@for_keepers
def take_up_line(line_id: uuid.UUID) -> ResponseReturnValue:
    """Deal with it again."""
    return _step(line_id, lambda: aside.take_up(line_id, actor_id(), version=_version()), _("It is open again."),
                 stays=True)  # fmt: skip


@bp.post("/lines/<uuid:line_id>/look")
@for_readers
def look_at_line(line_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it is so, as a second person."""
    return _step(line_id, lambda: looks.look(line_id, actor_id(), version=_version()), _("Looked at."))


@bp.post("/lines/<uuid:line_id>/own")
@for_keepers
def post_own(line_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it is a fee, interest, or a transfer between accounts of ours, and post that."""
    kind, fund, typed = request.form.get("kind", ""), _uuid("fund"), request.form.get("other", "")

    def act() -> object:
        if fund is None:
            raise own.BadOwn(_("Choose a fund that takes entries."))
        if kind == "fee":
            return own.post_fee(line_id, fund, actor_id(), version=_version())
        if kind == "interest":
            return own.post_interest(line_id, fund, actor_id(), version=_version())
        if kind != "transfer":
            raise own.BadOwn(_("Choose what it is."))
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 12):
            raise own.BadOwn(_("Choose the other account."))
        return own.post_transfer(line_id, int(typed), fund, actor_id(), other_line_id=_uuid("other_line"),
                                 version=_version())  # fmt: skip

    return _step(line_id, act, _("Posted."))


@bp.post("/lines/<uuid:line_id>/join")
@for_keepers
def join_transfer(line_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it is the other end of a transfer that is posted already."""
    found = _uuid("own")
    if found is None:
        raise NotFound
    return _step(line_id, lambda: own.join_transfer(line_id, found, actor_id(), version=_version()),
                 _("Joined. Nothing was posted twice."))  # fmt: skip


def about(line_id: uuid.UUID) -> str:
    """Under which name what a line says lies open."""
    return f"bank-line:{line_id}"


def wanted_lines() -> Wanted:
    """What the address asks for; what it cannot mean is left aside."""
    state, sort = request.args.get("state", TO_DO), request.args.get("sort", "")
    typed, minor = request.args.get("amount", "").strip(), None
    if typed:
        try:
            minor = abs(Money.parse(typed, "EUR").minor)
        except BadAmount:
            minor = 0
    return Wanted(
        state=state if state in {*STATES, "all"} else TO_DO, account=request.args.get("account", ""),
        way=request.args.get("way", ""), fit=request.args.get("fit", ""), since=_day("since"), until=_day("until"),
        code=request.args.get("code", "").strip().upper().replace(" ", "")[:40], minor=minor,
        statement_id=id_in(request.args.get("statement", "")),
        sort=sort if sort.lstrip("-") in SORTS else "day",
    )  # fmt: skip


def kept_filters() -> dict[str, Any]:
    """The filters of the address, to go on with."""
    return {name: value for name in FILTERS if (value := request.args.get(name, ""))}


def _step(
    line_id: uuid.UUID, act: Callable[[], object], done: str, *, stays: bool = False
) -> ResponseReturnValue:  # fmt: skip
    """One act in a transaction; then the next line of the list, or this one again with what stood in the way."""
    before = get_line(line_id)
    following = None if stays else lists.next_line(wanted_lines(), before)
    try:
        with transaction():
            act()
    except NotFound:
        raise
    except (DomainError, BadAmount) as problem:
        session.expire_all()
        return _page(get_line(line_id), told(problem)), 409
    flash(done)
    session.expire_all()
    if stays or get_line(line_id).state == LineState.OPEN:
        return redirect(url_for("banking_staff.show_line", line_id=line_id, **kept_filters()), 303)
    if following is None:
        return redirect(url_for("banking_staff.list_lines", **kept_filters()), 303)
    return redirect(url_for("banking_staff.show_line", line_id=following, **kept_filters()), 303)


def _page(line: BankLine, problem: str = "") -> str:
    events, matches = lists.events_of(line.id), lists.matches_of(line.id)
    actors = {each.actor_id for each in events if each.actor_id is not None}
    return working_page(
        line, problem=problem, about=about(line.id), filters=kept_filters(), events=events, matches=matches,
        names=names_of(actors), following=lists.next_line(wanted_lines(), line), reasons=IgnoreReason,
        note=read_note(line) if is_opened(about(line.id)) else "", read_said=read_said,
    )  # fmt: skip


def _amount(line: BankLine) -> Money:
    """What was typed, with the sign of the line; all that is open where nothing was."""
    typed = request.form.get("amount", "").strip()
    if not typed:
        return Money(line.open_amount, line.currency)
    money = Money.parse(typed, line.currency)
    return -money if line.amount < 0 < money.minor else money


def _version() -> int | None:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 12 else None


def _uuid(name: str) -> uuid.UUID | None:
    return id_in(request.form.get(name, ""))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
