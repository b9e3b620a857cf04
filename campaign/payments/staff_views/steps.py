"""The steps of a payment: each a button of somebody, under the version that they saw."""

import uuid
from collections.abc import Callable

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.money import BadAmount, Money
from campaign.payments.forms.payments import (
    AnswerForm,
    ConfirmForm,
    FailedForm,
    ReasonForm,
    ReturnedForm,
    ScheduleForm,
    SentForm,
)
from campaign.payments.queries import payments as reads
from campaign.payments.service import payments, sending, velocity
from campaign.payments.service.sending import Leaving
from campaign.payments.staff_views.blueprint import bp, for_keepers, for_readers
from campaign.payments.staff_views.payments import offer_accounts, payment_page
from campaign.web.fields import VersionForm
from campaign.web.steps import actor_id, step, told


@bp.post("/<uuid:payment_id>/submit")
@for_keepers
def submit_payment(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for it."""
    form = VersionForm()
    return _take(
        payment_id, lambda: payments.submit(payment_id, seen_version=form.seen_version, actor=actor_id()),
        _("It is asked for. A second person reviews it."),
    )  # fmt: skip


@bp.post("/<uuid:payment_id>/review")
@for_readers
def review_payment(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Say, as a second person, that it is right."""
    form = VersionForm()
    return _take(
        payment_id, lambda: payments.review(payment_id, seen_version=form.seen_version, actor=actor_id()),
        _("You have reviewed it."),
    )  # fmt: skip


@bp.post("/<uuid:payment_id>/approve")
@for_readers
def approve_payment(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Approve it as a third person."""
    form = VersionForm()
    return _take(
        payment_id, lambda: payments.approve(payment_id, seen_version=form.seen_version, actor=actor_id()),
        _("You have approved it."),
    )  # fmt: skip


@bp.post("/<uuid:payment_id>/schedule")
@for_keepers
def schedule_payment(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Say on which day it is to leave."""
    form = ScheduleForm()
    if not form.validate():
        return payment_page(payment_id, schedule=form), 422
    return _take(
        payment_id,
        lambda: payments.schedule(payment_id, form.pay_on.data, seen_version=form.seen_version, actor=actor_id()),
        _("It waits for its day. Send it where your money lies, and say so here afterwards."),
        lambda problem: payment_page(payment_id, problem, schedule=form),
    )


@bp.post("/<uuid:payment_id>/sent")
@for_keepers
def mark_sent(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it has left."""
    form, found = SentForm(), reads.get_payment(payment_id)
    offer_accounts(form, found.currency)
    if not form.validate():
        return payment_page(payment_id, sent=form), 422
    try:
        leaving = Leaving(form.sent_on.data, form.account.data, form.fee_of(found.currency))
    except BadAmount as problem:
        form.fee.errors = [told(problem)]
        return payment_page(payment_id, sent=form), 422
    return _take(
        payment_id,
        lambda: sending.mark_sent(payment_id, leaving, seen_version=form.seen_version, actor=actor_id()),
        _("It has left, and stands in the books."), lambda problem: payment_page(payment_id, problem, sent=form),
    )  # fmt: skip


@bp.post("/<uuid:payment_id>/confirm")
@for_keepers
def confirm_payment(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it arrived."""
    form = ConfirmForm()
    if not form.validate():
        return payment_page(payment_id, confirm=form), 422
    return _take(
        payment_id, lambda: sending.confirm(payment_id, form.chosen, seen_version=form.seen_version, actor=actor_id()),
        _("It arrived."), lambda problem: payment_page(payment_id, problem, confirm=form),
    )  # fmt: skip


@bp.post("/<uuid:payment_id>/failed")
@for_keepers
def mark_failed(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it never left."""
    form = FailedForm()
    if not form.validate():
        return payment_page(payment_id, failed=form), 422
    return _take(
        payment_id,
        lambda: sending.fail(payment_id, form.failed_on.data, seen_version=form.seen_version, actor=actor_id()),
        _("It never left: what was entered is taken back."),
        lambda problem: payment_page(payment_id, problem, failed=form),
    )  # fmt: skip


@bp.post("/<uuid:payment_id>/returned")
@for_keepers
def mark_returned(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the money came back, or a part of it."""
    form, found = ReturnedForm(), reads.get_payment(payment_id)
    if not form.validate():
        return payment_page(payment_id, returned=form), 422
    try:
        back = Money.parse(form.back.data, found.currency)
    except BadAmount as problem:
        form.back.errors = [told(problem)]
        return payment_page(payment_id, returned=form), 422
    return _take(
        payment_id,
        lambda: sending.came_back(
            payment_id, back, form.back_on.data, seen_version=form.seen_version, actor=actor_id()
        ),
        _("The money is with us again, and the books say so."),
        lambda problem: payment_page(payment_id, problem, returned=form),
    )  # fmt: skip


@bp.post("/<uuid:payment_id>/back")
@for_readers
def send_back(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Make a draft of it again."""
    form = ReasonForm()
    if not form.validate():
        return payment_page(payment_id, reason=form), 422
    return _take(
        payment_id,
        lambda: payments.send_back(payment_id, form.chosen, seen_version=form.seen_version, actor=actor_id()),
        _("It is a draft again."),
    )


@bp.post("/<uuid:payment_id>/cancel")
@for_keepers
def cancel_payment(payment_id: uuid.UUID) -> ResponseReturnValue:
    """End it before anything was sent."""
    form = ReasonForm()
    if not form.validate():
        return payment_page(payment_id, reason=form), 422
    return _take(
        payment_id, lambda: payments.cancel(payment_id, form.chosen, seen_version=form.seen_version, actor=actor_id()),
        _("It is cancelled."),
    )  # fmt: skip


@bp.post("/checks/<uuid:check_id>")
@for_readers
def answer_check(check_id: uuid.UUID) -> ResponseReturnValue:
    """Say what was found about something odd."""
    form, payment_id = AnswerForm(), reads.payment_of_check(check_id)
    if not form.validate():
        return payment_page(payment_id, answer=form), 422
    return _take(
        payment_id, lambda: velocity.answer_check(check_id, form.chosen, actor=actor_id()), _("Your answer is noted.")
    )


def _take(
    payment_id: uuid.UUID, act: Callable[[], object], said: str, again: Callable[[str], str] | None = None
) -> ResponseReturnValue:
    back = url_for("payments_staff.show_payment", payment_id=payment_id)
    return step(act, said, back, again or (lambda problem: payment_page(payment_id, problem)))
