"""What pledges and gifts add for staff: rooms, what is pressing, a panel on a fund's page."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from campaign.gifts import policy
from campaign.gifts.models import GiftState
from campaign.gifts.queries import gifts, pledges, returns, to_pass_on
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, Panel, dashboard_needs
from campaign.kernel.registry_money import FundHold, MoneyGroup, MoneyRoom, fund_holds, fund_panels, money_rooms

ROOMS = (
    MoneyRoom("pledges_staff.list_pledges", N_("Pledges"), frozenset(policy.READERS), 30, group=MoneyGroup.COMING_IN),
    MoneyRoom("gifts_staff.list_gifts", N_("Gifts"), frozenset(policy.READERS), 35, group=MoneyGroup.COMING_IN),
)


def list_needs(actor: Actor) -> Sequence[Need]:
    """Names to be released; to a treasurer also gifts that are disputed, pledges that are overdue."""
    if not policy.can_see(actor):
        return []
    found: list[Need] = []
    if names := pledges.count_to_release():
        url = url_for("pledges_staff.list_pledges", state=pledges.TO_RELEASE)
        found.append(Need(_("Names to be released"), names, url))
    if waiting := returns.count_returns_waiting(actor.id):
        url = url_for("gifts_staff.list_gifts", state=gifts.TO_CARRY_OUT)
        found.append(Need(_("Gifts that go back, once a second person carries it out"), waiting, url, urgent=True))
    if closings := pledges.count_closings_waiting(actor.id):
        url = url_for("pledges_staff.list_rails")
        found.append(Need(_("Ways of giving to be closed, once a second person confirms it"), closings, url))
    if not policy.can_keep(actor):
        return found
    if names := to_pass_on.count_to_pass_on():
        found.append(Need(_("Names to be passed on to those who are helped"), names, url_for("gifts_staff.list_names")))
    if disputed := gifts.count_disputed():
        url = url_for("gifts_staff.list_gifts", state=GiftState.DISPUTED.value)
        found.append(Need(_("Gifts that are disputed"), disputed, url, urgent=True))
    if overdue := pledges.count_overdue(clock.today()):
        url = url_for("pledges_staff.list_pledges", state=pledges.OVERDUE, sort="due")
        found.append(Need(_("Pledges that are overdue"), overdue, url))
    return found


def fund_panel(fund_id: uuid.UUID) -> Panel | None:
    """How many pledge to it; where pledges and gifts are."""
    if not policy.can_see(current_user):
        return None
    facts = [(_("Pledges that are kept"), format_decimal(pledges.count_live(fund_id)))]
    links = [
        (_("Pledges"), url_for("pledges_staff.list_pledges", fund=fund_id)),
        (_("Gifts"), url_for("gifts_staff.list_gifts", fund=fund_id)),
    ]
    if policy.can_keep(current_user) and (names := to_pass_on.count_to_pass_on(fund_id)):
        facts.append((_("Names to be passed on"), format_decimal(names)))
        links.append((_("Names to be passed on"), url_for("gifts_staff.list_names", fund=fund_id)))
    return Panel(title=_("Pledges and gifts"), facts=facts, links=links)


def holds_of_fund(fund_id: uuid.UUID) -> Sequence[FundHold]:
    """Gifts of which it is not known yet whether they stay."""
    return [FundHold(N_("Gifts that are expected or disputed"), gifts.count_holding(fund_id))]


def register() -> None:
    """Fill the registries."""
    for room in ROOMS:
        money_rooms.register(room.endpoint, room)
    dashboard_needs.register("gifts", list_needs)
    fund_panels.register("gifts", fund_panel)
    fund_holds.register("gifts", holds_of_fund)
