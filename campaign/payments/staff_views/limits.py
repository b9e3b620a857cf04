"""Up to which amount two persons are enough."""

import uuid

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.money import Money
from campaign.payments.forms.payments import LimitForm
from campaign.payments.queries import payments
from campaign.payments.service import limits
from campaign.payments.staff_views.blueprint import bp, for_keepers, for_readers, shared_words
from campaign.web.steps import actor_id, step


@bp.get("/limits")
@for_readers
def list_limits() -> str:
    """What holds and what waits."""
    return _page(LimitForm(formdata=None))


@bp.post("/limits")
@for_keepers
def ask_for_limit() -> ResponseReturnValue:
    """Ask for another one."""
    form = LimitForm()
    if not form.validate():
        return _page(form), 422
    return step(
        lambda: limits.ask_for_limit(form.money(), actor=actor_id()),
        _("Asked for. It holds once a second person has set it."), url_for("payments_staff.list_limits"),
        lambda problem: _page(form, problem),
    )  # fmt: skip


@bp.post("/limits/<uuid:limit_id>/<any(set, refuse):how>")
@for_readers
def decide_limit(limit_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Set it, refuse it, or take one's own back."""
    is_yes = how == "set"
    return step(
        lambda: limits.decide_limit(limit_id, is_yes=is_yes, actor=actor_id()),
        _("It holds from now on.") if is_yes else _("It is not set."), url_for("payments_staff.list_limits"),
        lambda problem: _page(LimitForm(formdata=None), problem),
    )  # fmt: skip


def _page(form: LimitForm, problem: str = "") -> str:
    found = payments.list_limits()
    people = {each.asked_by for each in found} | {each.decided_by for each in found if each.decided_by}
    return render_template(
        "payments/staff/limits.html", form=form, problem=problem, limits=found, names=names_of(people), money=Money,
        actor=current_user, **shared_words(),
    )  # fmt: skip
