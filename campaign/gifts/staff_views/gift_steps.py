"""The steps of a gift: each a form on its page, sent with the version that was seen."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from campaign.funds.models import Memo
from campaign.gifts.forms.staff_gifts import DayForm, RefundForm, SettleForm, WrongForm, read_money
from campaign.gifts.queries import gifts as queries
from campaign.gifts.service import gifts as service
from campaign.gifts.staff_views.blueprint import actor_id, for_keepers, step
from campaign.gifts.staff_views.blueprint import gifts_bp as bp
from campaign.gifts.staff_views.gifts import gift_page
from campaign.web.fields import VersionForm


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
    """Some of it, or all, went back."""
    form, found = RefundForm(prefix="refund-"), queries.get_gift(gift_id)
    if not form.validate():
        return gift_page(gift_id, refunding=form), 422
    try:
        amount = read_money(form.amount.data, found.currency)
    except ValidationError as problem:
        return gift_page(gift_id, str(problem), refunding=form), 422
    return _done(
        gift_id,
        lambda: service.refund(
            gift_id, amount, happened_on=form.happened_on.data, seen_version=form.seen_version, actor=actor_id()
        ),
        _("Given back. The ledger has the opposite."), refunding=form,
    )  # fmt: skip


@bp.post("/<uuid:gift_id>/<any(dispute, win, fail):how>")
@for_keepers
def move(gift_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """It is disputed, the dispute was won, or it failed."""
    act, name, said = {
        "dispute": (service.dispute, "disputing", _("Disputed: until it is decided, it does not count.")),
        "win": (service.win, "winning", _("It is ours after all, and counts again.")),
        "fail": (service.fail, "failing", _("It failed. What stood in the ledger for it was taken out.")),
    }[how]
    form = DayForm(prefix=f"{how}-")
    if not form.validate():
        return gift_page(gift_id, **{name: form}), 422
    return _done(
        gift_id,
        lambda: act(gift_id, happened_on=form.happened_on.data, seen_version=form.seen_version, actor=actor_id()),
        said, **{name: form},
    )  # fmt: skip


@bp.post("/<uuid:gift_id>/wrong")
@for_keepers
def take_back(gift_id: uuid.UUID) -> ResponseReturnValue:
    """It was entered wrongly: it waits again, and its entry is reversed."""
    form = WrongForm(prefix="wrong-")
    if not form.validate():
        return gift_page(gift_id, wrong=form), 422
    return _done(
        gift_id,
        lambda: service.take_back(
            gift_id, memo=Memo(form.memo.data), seen_version=form.seen_version, actor=actor_id()
        ),
        _("Taken back: its entry is reversed, and it is waited for again."), wrong=form,
    )  # fmt: skip


@bp.post("/<uuid:gift_id>/expire")
@for_keepers
def expire(gift_id: uuid.UUID) -> ResponseReturnValue:
    """Nobody waits for it any more."""
    form = VersionForm()
    return _done(
        gift_id, lambda: service.expire(gift_id, seen_version=form.seen_version, actor=actor_id()),
        _("It is waited for no more."),
    )  # fmt: skip


def _done(gift_id: uuid.UUID, act: Callable[[], object], said: str, **forms: Any) -> ResponseReturnValue:
    return step(
        act, said, url_for("gifts_staff.show_gift", gift_id=gift_id),
        lambda problem: gift_page(gift_id, problem, **forms),
    )  # fmt: skip
