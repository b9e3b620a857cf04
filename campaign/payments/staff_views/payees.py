"""Payees: the list, sealing one, whether they may be paid, and the look at their details."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.accounts.service import vault
from campaign.kernel import audit, clock
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.money import Money
from campaign.kernel.text import one_line
from campaign.payments.forms import words
from campaign.payments.forms.payees import DetailsForm, PayabilityForm, PayeeForm
from campaign.payments.models import Payee
from campaign.payments.queries import payees, payments
from campaign.payments.queries.payees import OVER, WAITING, Wanted
from campaign.payments.service import payees as service
from campaign.payments.service.payees import Details, read_details
from campaign.payments.staff_views.blueprint import LONGEST_SEARCH, for_keepers, for_readers, payees_bp, shared_words
from campaign.web.csv_files import csv_answer
from campaign.web.fields import VersionForm
from campaign.web.guards import fresh
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step, told

LONGEST_REASON = 300
PER_PAGE = 25
MOST_SHOWN = 20


@payees_bp.get("")
@for_readers
def list_payees() -> str:
    """All of them by code; what narrows the list stands in the address."""
    wanted = _wanted()
    page = paginate(payees.payees(wanted, clock.today()), per_page=PER_PAGE)
    return render_template(
        "payments/staff/payees.html", page=page, wanted=wanted, today=clock.today(), soon=clock.today() + payees.SOON,
        is_narrowed=wanted != Wanted(sort=wanted.sort), **shared_words(),
    )  # fmt: skip


@payees_bp.post("/export")
@for_keepers
@fresh
def export_payees() -> ResponseReturnValue:
    """The list as a file: codes, kinds and what was found; nobody's name and no account."""
    rows = session.scalars(payees.payees(Wanted(sort="number"), clock.today())).all()
    with transaction():
        audit.record("payee.export", actor=actor_id(), about="payees", amount=len(rows))
    head = [_("Payee"), _("What they are"), _("Whether they may be paid"), _("Looked at on"), _("The look holds until")]
    return csv_answer(
        "payees", head,
        [
            (
                each.code, words.KIND_WORDS[each.kind], words.PAYABILITY_WORDS[each.payability], each.checked_on or "",
                each.ok_until or "",
            )
            for each in rows
        ],
    )  # fmt: skip


@payees_bp.route("/new", methods=["GET", "POST"])
@for_keepers
def make_payee() -> ResponseReturnValue:
    """Seal a new one."""
    form = PayeeForm()
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            made = service.create_payee(form.chosen, form.details(), actor=actor_id())
    except DomainError as problem:
        return _edit_page(form, None, told(problem)), 409
    return redirect(url_for("payees_staff.show_payee", payee_id=made.id), 303)


@payees_bp.get("/<uuid:payee_id>")
@for_readers
def show_payee(payee_id: uuid.UUID) -> str:
    """What is known of one without opening anything."""
    return _page(payee_id)


@payees_bp.route("/<uuid:payee_id>/edit", methods=["GET", "POST"])
@for_keepers
def change_payee(payee_id: uuid.UUID) -> ResponseReturnValue:
    """Seal other details in place of those that were; the form is empty, since nothing is opened for it."""
    found, form = payees.get_payee(payee_id), DetailsForm()
    if not form.is_submitted():
        form.version.data = str(found.version)
    if not form.validate_on_submit():
        return _edit_page(form, found), 422 if form.errors else 200
    return step(
        lambda: service.change_details(
            payee_id, form.details(), seen_version=form.seen_version, actor=actor_id()
        ),
        _("Sealed anew. Whether they may be paid is to be looked at again."),
        url_for("payees_staff.show_payee", payee_id=payee_id),
        lambda problem: _edit_page(form, payees.get_payee(payee_id), problem),
    )  # fmt: skip


@payees_bp.post("/<uuid:payee_id>/look")
@for_keepers
@fresh
def look(payee_id: uuid.UUID) -> ResponseReturnValue:
    """Show the details from the open vault: on record first, shown once, kept nowhere."""
    found, reason = payees.get_payee(payee_id), one_line(request.form.get("reason", ""), LONGEST_REASON)
    if not reason:
        return _page(payee_id, problem=_("Say why you read it.")), 422
    try:
        box = service.box_of(found)
        with transaction():
            on_record = vault.record_reading(current_user, 1, about=f"payee:{payee_id}", reason=reason)
        text = vault.open_boxes(on_record, [box])[0]
    except vault.ReadEnough as problem:
        with transaction():
            vault.note_read_enough(current_user)
        return _page(payee_id, problem=told(problem), reason=reason), 429
    except DomainError as problem:
        return _page(payee_id, problem=told(problem), reason=reason), 409
    return _page(payee_id, opened=read_details(text))


@payees_bp.post("/<uuid:payee_id>/payability")
@for_readers
def say_payability(payee_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what somebody found out about whether they may be paid."""
    form = PayabilityForm()
    if not form.validate():
        return _page(payee_id, form=form), 422
    return step(
        lambda: service.say_payability(
            payee_id, form.chosen, form.ok_until.data, seen_version=form.seen_version, actor=actor_id()
        ),
        _("Noted."), url_for("payees_staff.show_payee", payee_id=payee_id),
        lambda problem: _page(payee_id, problem=problem, form=form),
    )  # fmt: skip


@payees_bp.post("/<uuid:payee_id>/state")
@for_keepers
def set_state(payee_id: uuid.UUID) -> ResponseReturnValue:
    """Pay them no more, or again."""
    form, is_active = VersionForm(), request.form.get("to") == "active"
    return step(
        lambda: service.set_active(
            payee_id, is_active=is_active, seen_version=form.seen_version, actor=actor_id()
        ),
        _("They can be paid again.") if is_active else _("They are paid no more. The details go in a year."),
        url_for("payees_staff.show_payee", payee_id=payee_id), lambda problem: _page(payee_id, problem=problem),
    )  # fmt: skip


def _wanted() -> Wanted:
    given = request.args
    payability = given.get("payability", "")
    return Wanted(
        search=one_line(given.get("q", ""), LONGEST_SEARCH), kind=given.get("kind", ""),
        payability=payability if payability in {*words.PAYABILITY_WORDS, OVER, WAITING} else "",
        is_active=given.get("shown") != "retired", sort=given.get("sort", ""),
    )  # fmt: skip


def _page(
    payee_id: uuid.UUID, *, problem: str = "", reason: str = "", form: PayabilityForm | None = None,
    opened: Details | None = None,
) -> str:  # fmt: skip
    found = payees.get_payee(payee_id)
    mine = session.scalars(payments.payments(payments.Wanted(payee_id=payee_id)).limit(MOST_SHOWN)).all()
    people = {each for each in (found.checked_by, found.changed_by) if each}
    return render_template(
        "payments/staff/payee.html", found=found, problem=problem, reason=reason, opened=opened,
        form=form or PayabilityForm(formdata=None), payments=mine, names=names_of(people), money=Money,
        vault_state=vault_door.state(), today=clock.today(), is_mine=found.changed_by == actor_id(), **shared_words(),
    )  # fmt: skip


def _edit_page(form: DetailsForm, found: Payee | None, problem: str = "") -> str:
    return render_template("payments/staff/payee_edit.html", form=form, found=found, problem=problem, **shared_words())
