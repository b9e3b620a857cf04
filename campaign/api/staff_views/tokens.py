"""Tokens and webhooks of partners: made behind a step-up, listed, revoked; what was told, tested, sent again."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.api import policy
from campaign.api.forms import staff as words
from campaign.api.forms.staff import TokenForm
from campaign.api.queries import tokens as queries
from campaign.api.service import tokens, webhooks
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.web.guards import fresh, requires
from campaign.web.steps import step

bp = Blueprint("api_staff", __name__)
for_managers = requires(*policy.MANAGERS)


@bp.get("")
@for_managers
def list_tokens() -> str:
    """All of them, with the webhooks each has set up."""
    found = queries.list_tokens()
    return render_template(
        "api/staff/tokens.html", tokens=found, webhooks=queries.list_webhooks(), today=clock.today(), words=words,
        names=names_of({each.made_by for each in found}),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_managers
@fresh
def make_token() -> ResponseReturnValue:
    """Make one; it is shown on the answer to this form alone, and nowhere again."""
    form = TokenForm()
    if not form.validate_on_submit():
        return make_response(render_template("api/staff/new.html", form=form), 422 if form.errors else 200)
    with transaction():
        token, text = tokens.make_token(current_user, form.label.data, form.scopes.data, int(form.days.data))
    return render_template("api/staff/made.html", token=token, text=text, words=words)


@bp.post("/<uuid:token_id>/revoke")
@for_managers
@fresh
def revoke_token(token_id: uuid.UUID) -> ResponseReturnValue:
    """End one at once."""
    with transaction():
        tokens.revoke_token(current_user, token_id)
    flash(_("Revoked. It opens nothing from now on."))
    return redirect(url_for("api_staff.list_tokens"), 303)


@bp.get("/webhooks/<uuid:webhook_id>")
@for_managers
def show_webhook(webhook_id: uuid.UUID) -> str:
    """One webhook with what it was told; without what was sent and answered, which nobody keeps."""
    return _page(webhook_id)


@bp.post("/webhooks/<uuid:webhook_id>/test")
@for_managers
def test_webhook(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """Send it a test."""
    return _step(
        webhook_id,
        lambda: webhooks.send_test(webhook_id, actor=current_user),
        _("A test is on its way. Look again in a moment."),
    )


@bp.post("/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/again")
@for_managers
def send_again(webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> ResponseReturnValue:
    """Tell it once more."""
    return _step(
        webhook_id,
        lambda: webhooks.send_again(current_user, webhook_id, delivery_id),
        _("It is sent again. Look again in a moment."),
    )


@bp.post("/webhooks/<uuid:webhook_id>/pause")
@for_managers
def pause_webhook(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """Tell it nothing for now."""
    return _step(webhook_id, lambda: webhooks.pause(current_user, webhook_id), _("Paused. It is told nothing."))


@bp.post("/webhooks/<uuid:webhook_id>/take-up")
@for_managers
def take_up_webhook(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """Tell it again of what happens from now on."""
    return _step(
        webhook_id, lambda: webhooks.take_up(current_user, webhook_id), _("It is told of what happens from now on.")
    )


def _step(webhook_id: uuid.UUID, act: Callable[[], object], done: str) -> ResponseReturnValue:
    back = url_for("api_staff.show_webhook", webhook_id=webhook_id)
    return step(act, done, back, lambda problem: _page(webhook_id, problem))


def _page(webhook_id: uuid.UUID, problem: str = "") -> str:
    webhook = queries.get_webhook(webhook_id)
    return render_template(
        "api/staff/webhook.html", webhook=webhook, token=queries.get_token(webhook.token_id), problem=problem,
        deliveries=queries.list_deliveries(webhook_id), words=words, counts=queries.count_by_state(webhook_id),
    )  # fmt: skip
