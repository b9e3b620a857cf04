"""What payments add for staff: their rooms, what waits for somebody, and what a line of a statement can be."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.funds.queries.funds import get_fund
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, Panel, dashboard_needs
from campaign.kernel.registry_money import (
    FundHold,
    MoneyGroup,
    MoneyRoom,
    fund_holds,
    fund_panels,
    line_takers,
    money_rooms,
)
from campaign.kernel.registry_needs import need_holders
from campaign.needs.queries.needs import needs_to_pay
from campaign.payments import policy
from campaign.payments.forms.words import STATE_WORDS
from campaign.payments.models import LIVE, PaymentState
from campaign.payments.queries import payees, payments
from campaign.payments.service.taking import PaymentTaker

ROOMS = (
    MoneyRoom(
        "payments_staff.list_payments", N_("Payments"), frozenset(policy.READERS), 50, group=MoneyGroup.GOING_OUT
    ),
    MoneyRoom("payees_staff.list_payees", N_("Payees"), frozenset(policy.READERS), 55, group=MoneyGroup.GOING_OUT),
)
TAKER = PaymentTaker()


def list_needs(actor: Actor) -> Sequence[Need]:
    """What waits for whoever looks, and not for those who had a part in it."""
    if not policy.can_see(actor):
        return []
    today, me, states = clock.today(), actor.id, PaymentState
    found = [
        _payments(_("Payments to be reviewed by a second person"), payments.count_to_review(me), states.SUBMITTED),
        _payments(_("Payments to be approved by a third person"), payments.count_to_approve(me), states.REVIEWED),
        _payments(_("Payments with something odd that nobody has answered"), payments.count_with_checks(me),
                  payments.CHECKS),
        _payments(_("Payments that were to leave by today"), payments.count_due(today), states.SCHEDULED, urgent=True),
        Need(
            _("Limits of payments to be set by a second person"), payments.count_limits_waiting(actor.id),
            url_for("payments_staff.list_limits"),
        ),
        Need(
            _("Payees with a payment under way, to be looked at again"), payees.count_running_out(today),
            url_for("payees_staff.list_payees", payability=payees.WAITING),
        ),
    ]  # fmt: skip
    if policy.can_keep(actor):
        to_be_paid = sum(not each.is_in_kind for each in needs_to_pay())
        found.append(
            Need(_("Approved needs that nobody pays for yet"), to_be_paid, url_for("payments_staff.write_payment"))
        )
    return [each for each in found if each.count]


def panel_of_fund(fund_id: uuid.UUID) -> Panel | None:
    """How many payments of a fund stand where; staff who see funds and not payments get the figures alone."""
    counts = payments.count_of_fund(fund_id)
    if not counts:
        return None

    facts = [(str(STATE_WORDS[state]), str(amount)) for state, amount in counts.items()]
    return Panel(_("Payments of %(fund)s", fund=get_fund(fund_id).code), facts)


def holds_of_fund(fund_id: uuid.UUID) -> Sequence[FundHold]:
    """Payments under way: they could neither leave nor come back any more."""
    counts = payments.count_of_fund(fund_id)
    under_way = sum(amount for state, amount in counts.items() if state in LIVE)
    return [FundHold(N_("Payments that are under way, or sent and not said to have arrived"), under_way)]


def _payments(title: str, amount: int, state: str, *, urgent: bool = False) -> Need:
    return Need(title, amount, url_for("payments_staff.list_payments", state=str(state)), urgent)


def register() -> None:
    """Fill the registries."""
    for room in ROOMS:
        money_rooms.register(room.endpoint, room)
    dashboard_needs.register("payments", list_needs)
    fund_panels.register("payments", panel_of_fund)
    fund_holds.register("payments", holds_of_fund)
    line_takers.register("payment", TAKER)
    need_holders.register("payment", payments.holds_need)
