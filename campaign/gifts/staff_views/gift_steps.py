"""The steps of a gift: each a form on its page, sent with the version that was seen."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from campaign.funds.models import Memo
from campaign.gifts.forms.staff_gifts import DayForm, RefundForm, SettleForm, WrongForm, read_money
from campaign.gifts.models import COUNTED, Returning
from campaign.gifts.queries import gifts as queries
from campaign.gifts.queries import returns
from campaign.gifts.service import gifts as service
from campaign.gifts.service import returning
from campaign.gifts.staff_views.blueprint import for_keepers, for_readers
from campaign.gifts.staff_views.blueprint import gifts_bp as bp
from campaign.gifts.staff_views.gifts import gift_page
from campaign.kernel import clock
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money
from campaign.web.fields import VersionForm
from campaign.web.steps import actor_id, step


@bp.post("/<uuid:gift_id>/pend")
@for_keepers
def pend(gift_id: uuid.UUID) -> ResponseReturnValue:
    """It is under way."""
    form = VersionForm()
    act = lambda: service.pend(gift_id, seen_version=form.seen_version, actor=actor_id())  # noqa: E731
    return _done(gift_id, act, _("It is under way. It counts once it has come."))


@bp.post("/<uuid:gift_id>/settle")
@for_keepers
def settle(gift_id: uuid.UUID) -> ResponseReturnValue:
    """It has come: from now on it counts."""
    form, found = SettleForm(prefix="settle-"), queries.get_gift(gift_id)
    if not form.validate():
        return gift_page(gift_id, settling=form), 422
    try:
        gross = read_money(form.gross.data, found.currency)
        fee = read_money(form.fee.data or "0", found.currency).minor
    except ValidationError as problem:
        return gift_page(gift_id, str(problem), settling=form), 422
    return _done(
        gift_id,
        lambda: service.settle(
            gift_id, happened_on=form.happened_on.data, gross=gross, fee=fee, seen_version=form.seen_version,
            actor=actor_id(),
        ),
        _("It has come, and stands in the ledger."), settling=form,
    )  # fmt: skip


@bp.post("/<uuid:gift_id>/refund")
@for_keepers
def refund(gift_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for some of it, or all, to be given back."""
    form, found = RefundForm(prefix="refund-"), queries.get_gift(gift_id)
    if not form.validate():
        return gift_page(gift_id, refunding=form), 422
    try:
        amount = read_money(form.amount.data, found.currency)
    except ValidationError as problem:
        return gift_page(gift_id, str(problem), refunding=form), 422
    return _ask(gift_id, Returning.REFUND, form, form.happened_on.data, amount=amount, refunding=form)


@bp.post("/<uuid:gift_id>/dispute")
@for_keepers
def dispute(gift_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for it to be entered as disputed."""
    form = DayForm(prefix="dispute-")
    if not form.validate():
        return gift_page(gift_id, disputing=form), 422
    return _ask(gift_id, Returning.DISPUTE, form, form.happened_on.data, disputing=form)


@bp.post("/<uuid:gift_id>/<any(win, fail):how>")
@for_keepers
def move(gift_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """The dispute was won or lost, or what never counted failed. What counts fails by two."""
    act, name, said = {
        "win": (service.win, "winning", _("It is ours after all, and counts again.")),
        "fail": (service.fail, "failing", _("It failed. Nothing of it stands in the ledger.")),
    }[how]
    form = DayForm(prefix=f"{how}-")
    if not form.validate():
        return gift_page(gift_id, **{name: form}), 422
    if how == "fail" and queries.get_gift(gift_id).state in COUNTED:
        return _ask(gift_id, Returning.FAIL, form, form.happened_on.data, failing=form)
    return _done(
        gift_id,
        lambda: act(gift_id, happened_on=form.happened_on.data, seen_version=form.seen_version, actor=actor_id()),
        said, **{name: form},
    )  # fmt: skip


@bp.post("/<uuid:gift_id>/wrong")
@for_keepers
def take_back(gift_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for it to be taken back, since it was entered wrongly."""
    form = WrongForm(prefix="wrong-")
    if not form.validate():
        return gift_page(gift_id, wrong=form), 422
    return _ask(gift_id, Returning.WRONG, form, clock.today(), memo=Memo(form.memo.data), wrong=form)


@bp.post("/<uuid:gift_id>/returns/<uuid:return_id>/<any(carry_out, drop):how>")
@for_readers
def decide_return(gift_id: uuid.UUID, return_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Carry out what another asked for, or leave the gift as it is."""
    if return_id not in {each.id for each in returns.list_returns(gift_id)}:
        raise NotFound
    act, said = {
        "carry_out": (returning.carry_out, _("Carried out. The ledger has the opposite.")),
        "drop": (returning.drop, _("Nothing was done. The gift stays as it is.")),
    }[how]
    return _done(gift_id, lambda: act(return_id, actor=actor_id()), said)


@bp.post("/<uuid:gift_id>/expire")
@for_keepers
def expire(gift_id: uuid.UUID) -> ResponseReturnValue:
    """Nobody waits for it any more."""
    form = VersionForm()
    return _done(
        gift_id, lambda: service.expire(gift_id, seen_version=form.seen_version, actor=actor_id()),
        _("It is waited for no more."),
    )  # fmt: skip


def _ask(
    gift_id: uuid.UUID, what: Returning, form: VersionForm, day: date, *, amount: Money | None = None,
    memo: Memo | None = None, **forms: Any,
) -> ResponseReturnValue:  # fmt: skip
    return _done(
        gift_id,
        lambda: returning.ask(
            gift_id, what, happened_on=day, seen_version=form.seen_version, actor=actor_id(), amount=amount, memo=memo
        ),
        _("Asked for. Nothing has moved yet: a second person carries it out."), **forms,
    )  # fmt: skip


def _done(gift_id: uuid.UUID, act: Callable[[], object], said: str, **forms: Any) -> ResponseReturnValue:
    return step(
        act, said, url_for("gifts_staff.show_gift", gift_id=gift_id),
        lambda problem: gift_page(gift_id, problem, **forms),
    )  # fmt: skip
