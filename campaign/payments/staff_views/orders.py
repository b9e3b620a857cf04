"""Files for a bank: made out of the open vault, handed out once."""

import uuid
from collections.abc import Sequence

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.accounts.service import vault
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.money import Money
from campaign.payments.forms.payments import OrderForm
from campaign.payments.queries import payments
from campaign.payments.service import orders
from campaign.payments.service.orders import HandedOut, Opened
from campaign.payments.service.pain import Party
from campaign.payments.staff_views.blueprint import bp, for_keepers, for_readers, shared_words
from campaign.web.guards import fresh
from campaign.web.steps import actor_id, step, told


@bp.get("/orders")
@for_readers
def list_orders() -> str:
    """Files that were handed out, and what could be in the next one."""
    return _page(OrderForm(formdata=None))


@bp.post("/orders")
@for_keepers
@fresh
def hand_out() -> ResponseReturnValue:
    """Make the file; the reading of the vault is on record first, and the file is kept nowhere."""
    form, chosen = OrderForm(), _chosen()
    if not form.validate():
        return _page(form), 422
    payer = Party(form.name.data, "".join(form.iban.data.split()).upper(), "".join(form.bic.data.split()).upper())
    try:
        boxes = orders.boxes_for(chosen)
        with transaction():
            on_record = vault.record_reading(current_user, len(boxes), about="payment-order", reason="pain.001")
        texts = vault.open_boxes(on_record, boxes)
        opened = Opened({box.row: (box, text) for box, text in zip(boxes, texts, strict=True)})
        with transaction():
            made = orders.hand_out(chosen, opened, payer, form.pay_on.data, actor=actor_id())
    except vault.ReadEnough as problem:
        with transaction():
            vault.note_read_enough(current_user)
        return _page(form, told(problem)), 429
    except DomainError as problem:
        session.expire_all()
        return _page(form, told(problem)), 409
    return _file(made)


@bp.post("/orders/<uuid:order_id>/void")
@for_readers
@fresh
def void_order(order_id: uuid.UUID) -> ResponseReturnValue:
    """Say that no bank carries it out."""
    return step(
        lambda: orders.void_order(order_id, actor=actor_id()), _("The file is void; what stood in it is free again."),
        url_for("payments_staff.list_orders"), lambda problem: _page(OrderForm(formdata=None), problem),
    )  # fmt: skip


def _file(made: HandedOut) -> Response:
    response = Response(made.content, mimetype="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{made.order.reference}.xml"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _chosen() -> Sequence[uuid.UUID]:
    found = []
    for each in request.form.getlist("payment"):
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _page(form: OrderForm, problem: str = "") -> str:
    done = payments.list_orders()
    people = {each.made_by for each in done} | {each.voided_by for each in done if each.voided_by}
    return render_template(
        "payments/staff/orders.html", form=form, problem=problem, offered=payments.list_for_order(), orders=done,
        names=names_of(people), money=Money, actor=current_user, vault_state=vault_door.state(),
        chosen={str(each) for each in _chosen()}, **shared_words(),
    )  # fmt: skip
