"""Payments: the list, its export, writing one, its page."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.funds.queries import entries, funds
from campaign.kernel import audit
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.money import Money
from campaign.kernel.text import id_in
from campaign.needs.queries import needs as need_reads
from campaign.payments.forms import words
from campaign.payments.forms.payments import (
    AnswerForm,
    ConfirmForm,
    FailedForm,
    PapersForm,
    PaymentForm,
    ReasonForm,
    ReturnedForm,
    ScheduleForm,
    SentForm,
)
from campaign.payments.models import MOVABLE, OVER, Payee, Payment, PaymentState
from campaign.payments.queries import payees, payments
from campaign.payments.queries.payments import CHECKS, Wanted
from campaign.payments.service import payments as service
from campaign.payments.service import velocity
from campaign.payments.service.orders import descriptor_of
from campaign.payments.staff_views.blueprint import bp, for_keepers, for_readers, shared_words
from campaign.payments.staff_views.way import way_of
from campaign.web.csv_files import csv_answer
from campaign.web.guards import fresh
from campaign.web.i18n import current_language
from campaign.web.opened import is_opened
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

PER_PAGE = 25
MOST_EXPORTED = 20_000


@bp.get("")
@for_readers
def list_payments() -> str:
    """All of them; what narrows the list stands in the address."""
    wanted = _wanted()
    page = paginate(payments.payments(wanted), per_page=PER_PAGE)
    chosen = [(str(each.id), f"{each.code} {each.title_in(current_language())}") for each in funds.list_postable()]
    return render_template(
        "payments/staff/list.html", page=page, wanted=wanted, chosen=chosen, money=Money,
        funds=funds.names_of({each.fund_id for each in page.items}, current_language()),
        payees=payments.codes_of({each.payee_id for each in page.items if each.payee_id}),
        typed=request.args.get("q", "").strip()[:20], is_narrowed=wanted != Wanted(sort=wanted.sort), **shared_words(),
    )  # fmt: skip


@bp.get("/export")
@for_keepers
@fresh
def ask_export() -> str:
    """What the file will hold, before it is made."""
    return render_template("payments/staff/export.html", wanted=_wanted(), query=request.args, **shared_words())


@bp.post("/export")
@for_keepers
@fresh
def export_payments() -> ResponseReturnValue:
    """The list as it is narrowed, as a file: codes, states, amounts and days; nobody's name."""
    statement = payments.payments(replace(_wanted(), sort="number")).limit(MOST_EXPORTED)
    rows: Sequence[Payment] = session.scalars(statement).all()
    with transaction():
        audit.record("payment.export", actor=actor_id(), about="payments", amount=len(rows))
    codes = payments.codes_of({each.payee_id for each in rows if each.payee_id})
    numbers = payments.fund_codes({each.fund_id for each in rows})
    head = [
        _("Number"), _("State"), _("Fund"), _("What it is for"), _("Amount"), _("Fee"), _("Currency"), _("Payee"),
        _("To leave on"), _("Left on"), _("Entry number"),
    ]  # fmt: skip
    return csv_answer(
        "payments", head,
        [
            (
                each.reference, words.STATE_WORDS[PaymentState(each.state)], numbers[each.fund_id], each.category,
                Money(each.amount, each.currency).decimal, Money(each.fee, each.currency).decimal, each.currency,
                codes.get(each.payee_id, "") if each.payee_id else "", each.pay_on or "", each.sent_on or "",
                each.entry_number or "",
            )
            for each in rows
        ],
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_keepers
def write_payment() -> ResponseReturnValue:
    """Write a draft."""
    form = PaymentForm()
    _offer(form, None)
    if not form.is_submitted():
        _suggest(form)
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    draft = form.draft()
    try:
        with transaction():
            made = service.draft_payment(
                draft.fund_id, draft.need_id, draft.category, draft.money, draft.payee_id, actor=actor_id(),
                note=draft.note, descriptor=draft.descriptor,
            )  # fmt: skip
    except DomainError as problem:
        return _edit_page(form, None, told(problem)), 409
    return redirect(url_for("payments_staff.show_payment", payment_id=made.id), 303)


@bp.route("/<uuid:payment_id>/edit", methods=["GET", "POST"])
@for_keepers
def edit_payment(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Write it anew; every yes that was said is forgotten. Its note is read again only where the papers lie open."""
    found, form = payments.get_payment(payment_id), PaymentForm()
    if found.note_sealed and not is_opened(about(payment_id)):
        return redirect(url_for("payments_staff.show_payment", payment_id=payment_id, _anchor="papers"), 303)
    _offer(form, found)
    if not form.is_submitted():
        form.show(found, service.open_note(found))
    if not form.validate_on_submit():
        return _edit_page(form, found), 422 if form.errors else 200
    try:
        with transaction():
            service.edit_payment(payment_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        session.expire_all()
        form.version.data = str(payments.get_payment(payment_id).version)
        return _edit_page(form, payments.get_payment(payment_id), told(problem)), 409
    return redirect(url_for("payments_staff.show_payment", payment_id=payment_id), 303)


@bp.get("/<uuid:payment_id>")
@for_readers
def show_payment(payment_id: uuid.UUID) -> str:
    """One of them: its way, what is odd about it, its papers, and the next step."""
    return payment_page(payment_id)


def about(payment_id: uuid.UUID) -> str:
    """What lies open when its papers do."""
    return f"payment:{payment_id}"


def payment_page(payment_id: uuid.UUID, problem: str = "", **typed: Any) -> str:
    """The page; `typed` are forms as somebody sent them."""
    found = payments.get_payment(payment_id)
    events, checks = payments.list_events(payment_id), payments.list_checks(payment_id)
    payee = session.get(Payee, found.payee_id) if found.payee_id else None
    people = {each.actor_id for each in events} | {each.answered_by for each in checks}
    opened = is_opened(about(payment_id))
    return render_template(
        "payments/staff/show.html", found=found, problem=problem, events=events, way=way_of(found, events),
        checks=checks, current=velocity.current_round(payment_id), payee=payee, banked=payments.list_banked(payment_id),
        need=need_reads.find_need(found.need_id) if found.need_id else None, money=Money,
        fund=funds.get_fund(found.fund_id).title_in(current_language()), names=names_of({*filter(None, people)}),
        files=payments.list_files(payment_id), opened=opened, note=service.open_note(found) if opened else "",
        descriptor=descriptor_of(found), accounts=entries.titles_of_assets(), may=_may(found), actor=current_user,
        is_over=found.state in OVER - {PaymentState.RECONCILED}, **{**_forms(found), **typed}, **shared_words(),
    )  # fmt: skip


def _forms(found: Payment) -> dict[str, Any]:
    sent, returned = SentForm(formdata=None), ReturnedForm(formdata=None)
    offer_accounts(sent, found.currency)
    returned.back.data = str(Money(found.amount, found.currency).decimal)
    forms = {
        "schedule": ScheduleForm(formdata=None), "sent": sent, "confirm": ConfirmForm(formdata=None),
        "failed": FailedForm(formdata=None), "returned": returned, "reason": ReasonForm(formdata=None),
    }  # fmt: skip
    return {**forms, "answer": AnswerForm(formdata=None), "papers": PapersForm(formdata=None)}


def offer_accounts(form: SentForm, currency: str) -> None:
    """The accounts of ours that can hold this currency."""
    fitting = [each for each in entries.list_assets(only_open=True) if each.currency in {None, currency}]
    form.account.choices = [(each.code, each.title or each.code) for each in fitting]


def _may(found: Payment) -> dict[str, bool]:
    """Which persons' steps whoever looks could take: not those they have had a part in."""
    me, states = actor_id(), PaymentState
    part = {found.asked_by, found.written_by}
    return {
        "review": found.state == states.SUBMITTED and me not in part,
        "approve": found.state == states.REVIEWED and found.needs_third and me not in part | {found.reviewed_by},
        "answer": found.state in MOVABLE and me not in part,
        "schedule": found.state == states.APPROVED or (found.state == states.REVIEWED and not found.needs_third),
        "go_back": found.state in MOVABLE,
        "cancel": found.state in MOVABLE | {states.DRAFT},
    }


def _wanted() -> Wanted:
    given = request.args
    number = given.get("q", "").strip().upper().removeprefix("P").removeprefix("-")
    state = given.get("state", "")
    return Wanted(
        number=int(number) if number.isascii() and number.isdecimal() and len(number) < 16 else None,
        state=state if state in {*PaymentState, CHECKS} else "", fund_id=id_in(given.get("fund", "")),
        payee_id=id_in(given.get("payee", "")), category=given.get("category", ""),
        currency=given.get("currency", "").strip().upper()[:3], since=_day(given.get("since", "")),
        until=_day(given.get("until", "")), sort=given.get("sort", ""),
    )  # fmt: skip


def _offer(form: PaymentForm, found: Payment | None) -> None:
    language = current_language()
    needs = [(each.id, _need_words(each)) for each in need_reads.needs_to_pay()]
    known = {each for each, _name in needs}
    if found is not None and found.need_id and found.need_id not in known:
        own = need_reads.find_need(found.need_id)
        needs += [(own.id, _need_words(own))] if own else []
    form.offer(
        [(each.id, f"{each.code} {each.title_in(language)}") for each in funds.list_postable()], needs,
        [
            (each.id, f"{each.code}: {words.KIND_WORDS[each.kind]}, {words.PAYABILITY_WORDS[each.payability]}")
            for each in payees.list_active()
        ],
    )  # fmt: skip


def _need_words(need: need_reads.NeedFacts) -> str:
    amount = f", {need.to_pay.format(current_language())}" if need.to_pay else ""
    return f"{need.code}: {words.CATEGORY_WORDS[f'expenses:{need.category.value}']}{amount}"


def _suggest(form: PaymentForm) -> None:
    """What follows from the need that the address names."""
    need_id = id_in(request.args.get("need", ""))
    need = need_reads.find_need(need_id) if need_id else None
    if need is None:
        return
    form.need_id.data, form.category.data = str(need.id), f"expenses:{need.category.value}"
    if need.to_pay:
        form.amount.data, form.currency.data = str(need.to_pay.decimal), need.to_pay.currency


def _edit_page(form: PaymentForm, found: Payment | None, problem: str = "") -> str:
    return render_template("payments/staff/edit.html", form=form, found=found, problem=problem, **shared_words())


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
