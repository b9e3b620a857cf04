"""Gifts for staff: the list, one of them, a new one."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from campaign.accounts.queries import count_holders, names_of
from campaign.banking.queries import facts_of
from campaign.banking.service import match
from campaign.funds.forms.words import MEMO_WORDS
from campaign.funds.queries import funds
from campaign.gifts import policy
from campaign.gifts.forms.staff_gifts import DayForm, GiftForm, RefundForm, SettleForm, WrongForm
from campaign.gifts.forms.staff_words import fund_choices
from campaign.gifts.models import Gift, GiftState, Pledge, ReturnState
from campaign.gifts.queries import gifts as queries
from campaign.gifts.queries import returns
from campaign.gifts.queries.candidates import KIND
from campaign.gifts.service import donors, numbers
from campaign.gifts.service import gifts as service
from campaign.gifts.service.donors import aliases_of
from campaign.gifts.service.gifts import GiftDraft
from campaign.gifts.staff_views.blueprint import (
    LONGEST_SEARCH,
    day_of,
    for_keepers,
    for_readers,
    look_or_erase,
    opened,
    shared_words,
    uuid_of,
)
from campaign.gifts.staff_views.blueprint import gifts_bp as bp
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts
from campaign.kernel.text import one_line
from campaign.web.csv_files import csv_answer
from campaign.web.guards import fresh
from campaign.web.i18n import current_language
from campaign.web.opened import is_opened, note_opened
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step, told


def _filters() -> dict[str, Any]:
    given = request.args.get
    return {
        "search": one_line(given("q", ""), LONGEST_SEARCH), "state": given("state", ""), "fund_id": uuid_of("fund"),
        "account": given("account", ""), "since": day_of("since"), "until": day_of("until"), "sort": given("sort", ""),
    }  # fmt: skip


def _found() -> Select[Gift]:
    filters = _filters()
    return queries.gifts(**filters, index=numbers.find_index(filters["search"]))


@bp.get("")
@for_readers
def list_gifts() -> str:
    """Gifts, newest first unless the address says otherwise."""
    page, chosen = paginate(_found()), _filters()
    allocations = queries.allocations_of([each.id for each in page.items])
    named = {each.fund_id for parts in allocations.values() for each in parts}
    return render_template(
        "gifts/staff/list.html", page=page, chosen=chosen, allocations=allocations,
        funds=funds.names_of(named, current_language()), fund_choices=fund_choices(),
        aliases=aliases_of(frozenset(each.donor_id for each in page.items if each.donor_id)),
        is_narrowed=any(value for name, value in chosen.items() if name != "sort"), **shared_words(),
    )  # fmt: skip


@bp.get("/export")
@for_readers
@fresh
def export_gifts() -> ResponseReturnValue:
    """The same list as a file, without donors."""
    with transaction():
        audit.record("gifts.export", actor=actor_id())
    head = (
        _("Number"), _("State"), _("Day"), _("Amount"), _("Fee"), _("Given back"), _("Currency"),
        _("Where it comes in"), _("Funds"), _("Code of a pledge"),
    )  # fmt: skip
    return csv_answer("gifts", head, _rows())


def _rows() -> Iterator[tuple[object, ...]]:
    found, words = session.scalars(_found()).all(), shared_words()
    allocations = queries.allocations_of([each.id for each in found])
    names = funds.names_of({each.fund_id for parts in allocations.values() for each in parts}, current_language())
    codes = queries.references_of({each.pledge_id for each in found if each.pledge_id})
    for each in found:
        amounts = (str(Money(minor, each.currency).decimal) for minor in (each.gross, each.fee, each.refunded))
        yield (
            each.code, words["staff_words"].GIFT_WORDS[each.state], each.settled_on or each.expected_on, *amounts,
            each.currency, words["accounts"].get(each.account, each.account),
            "; ".join(names[part.fund_id] for part in allocations[each.id]),
            codes.get(each.pledge_id, "") if each.pledge_id else "",
        )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_keepers
def write_gift() -> ResponseReturnValue:
    """A gift by hand: it counts once somebody says that it has come; or the gift that a line of a statement is, which
    counts at once."""
    form, line = GiftForm(), _line()
    if request.method == "GET":
        _begin_with(form, line)
    is_more = "more" in request.form
    if is_more:
        form.add_part()
    form.offer()
    if is_more or not form.validate_on_submit():
        form.suggest()
        return _write_page(form, line=line), 422 if form.errors and not is_more else 200
    try:
        with transaction():
            made = service.write_down(_draft(form, line), actor=actor_id())
            if line is not None:
                match(line.line_id, KIND, made.id, line.amount, actor_id())
    except service.Twice as problem:
        session.expire_all()
        return _write_page(form, told(problem), twice=problem.gift_id, line=line), 409
    except DomainError as problem:
        session.expire_all()
        return _write_page(form, told(problem), line=line), 409
    flash(
        _("Written down. It counts once you say that it has come.") if line is None
        else _("It has come, and stands in the ledger.")
    )  # fmt: skip
    return redirect(url_for("gifts_staff.show_gift", gift_id=made.id), 303)


@bp.get("/<uuid:gift_id>")
@for_readers
def show_gift(gift_id: uuid.UUID) -> str:
    """One of them, by its number."""
    return gift_page(gift_id)


@bp.post("/<uuid:gift_id>/donor/<any(look, erase):how>")
@for_keepers
@fresh
def open_donor(gift_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Look at who gave, and at the number of the gift, on record; or forget them."""
    found = queries.get_gift(gift_id)
    if how == "look" and found.donor_id is None and found.external_sealed is not None:
        return _look_at_number(gift_id)
    return look_or_erase(
        found.donor_id, how, url_for("gifts_staff.show_gift", gift_id=gift_id),
        lambda problem: gift_page(gift_id, problem),
    )  # fmt: skip


def _look_at_number(gift_id: uuid.UUID) -> ResponseReturnValue:
    answer = step(
        lambda: donors.look_at_number(gift_id, actor=actor_id()),
        _("It lies open for twenty minutes; the look is on record."),
        url_for("gifts_staff.show_gift", gift_id=gift_id), lambda problem: gift_page(gift_id, problem),
    )  # fmt: skip
    if not isinstance(answer, tuple):
        note_opened(f"gift:{gift_id}")
    return answer


def gift_page(gift_id: uuid.UUID, problem: str = "", **forms: Any) -> str:
    """The page, with what stood in the way of the last step and the form it was sent with."""
    found = queries.get_gift(gift_id)
    moves, allocations = queries.list_moves(gift_id), queries.allocations_of([gift_id])[gift_id]
    pledge = session.get(Pledge, found.pledge_id) if found.pledge_id else None
    can, asked = service.MOVES[GiftState(found.state)], returns.list_returns(gift_id)
    people = {each.actor_id for each in moves} | {each.asked_by for each in asked} | {each.decided_by for each in asked}
    forms, donor = _forms(found) | forms, opened(found.donor_id)
    lies_open = donor is not None or is_opened(f"gift:{gift_id}")
    return render_template(
        "gifts/staff/show.html", found=found, problem=problem, moves=moves, allocations=allocations, pledge=pledge,
        can=can, donor=donor, number=numbers.number_of(found) if lies_open else "",
        names=names_of({each for each in people if each}),
        alias=aliases_of(frozenset({found.donor_id})).get(found.donor_id, "") if found.donor_id else "",
        funds=funds.names_of({each.fund_id for each in allocations}, current_language()),
        left=Money(found.gross - found.refunded, found.currency), asked=asked, banked=returns.banked_of(gift_id),
        waiting=next((each for each in asked if each.state == ReturnState.WAITING), None), me=actor_id(),
        memo_words=MEMO_WORDS,
        is_alone=not count_holders(*policy.READERS, besides=frozenset({actor_id()})), **forms, **shared_words(),
    )  # fmt: skip


def _forms(found: Gift) -> dict[str, Any]:
    made = {
        "settling": SettleForm(formdata=None, prefix="settle-"),
        "refunding": RefundForm(formdata=None, prefix="refund-"),
        "disputing": DayForm(formdata=None, prefix="dispute-"), "winning": DayForm(formdata=None, prefix="win-"),
        "failing": DayForm(formdata=None, prefix="fail-"), "wrong": WrongForm(formdata=None, prefix="wrong-"),
    }  # fmt: skip
    made["settling"].fill(found)
    for each in made.values():
        each.version.data = str(found.version)
    return made


def _line() -> BankFacts | None:
    """The line of a statement that the address names, with what is still open of it. Raises NotFound."""
    wanted = uuid_of("line")
    if wanted is None:
        return None
    found = facts_of(wanted)
    if found.amount.minor <= 0:
        raise NotFound
    return found


def _draft(form: GiftForm, line: BankFacts | None) -> GiftDraft:
    """What was typed; place, day and amount of a line are those of the line."""
    draft = form.draft()
    if line is None:
        return draft
    return replace(draft, account=line.account, gross=line.amount, fee=0, expected_on=line.day)


def _begin_with(form: GiftForm, line: BankFacts | None) -> None:
    """What the address knows already: a line of a statement, or a pledge."""
    if line is not None:
        form.account.data, form.expected_on.data = line.account, line.day
        form.currency.data, form.gross.data = line.amount.currency, str(line.amount.decimal)
        return
    wanted = uuid_of("pledge")
    pledge = session.get(Pledge, wanted) if wanted else None
    if pledge is not None:
        form.reference.data = pledge.reference
        form.currency.data = pledge.currency
        form.gross.data = str(Money(pledge.amount, pledge.currency).decimal)
        form.parts[0].form.fund.data = str(pledge.fund_id)
        form.account.data = pledge.account or form.account.data
    form.expected_on.data = clock.today()


def _write_page(
    form: GiftForm, problem: str = "", twice: uuid.UUID | None = None, line: BankFacts | None = None
) -> str:  # fmt: skip
    return render_template(
        "gifts/staff/write.html", form=form, problem=problem, twice=twice, line=line, **shared_words()
    )
