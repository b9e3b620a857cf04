"""What rounds add for staff: a tab of the money pages, a line of the navigation, and what waits for somebody."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, dashboard_needs
from campaign.kernel.registry_money import FundHold, MoneyGroup, MoneyRoom, fund_holds, money_rooms
from campaign.rounds import policy
from campaign.rounds.models import RoundState
from campaign.rounds.queries import rounds as queries

ROOM = MoneyRoom(
    "rounds_staff.list_rounds", N_("Grant rounds"), frozenset(policy.READERS), 25, group=MoneyGroup.GOING_OUT
)


def list_waiting(actor: Actor) -> Sequence[Need]:
    """What somebody can verify, score or decide."""
    if not policy.can_see(actor):
        return []
    to_verify, to_score, to_decide = queries.count_waiting(actor.id)
    verifying = url_for(ROOM.endpoint, state=RoundState.VERIFICATION.value)
    scoring = url_for(ROOM.endpoint, state=RoundState.SCORING.value)
    found = [
        Need(_("Applications for grants to be verified"), to_verify, verifying),
        Need(_("Applications for grants to be scored"), to_score, scoring),
    ]
    if policy.can_decide(actor):
        found.append(Need(_("Splits of a grant round to be decided"), to_decide, scoring))
    return [each for each in found if each.count]


def holds_of_fund(fund_id: uuid.UUID) -> Sequence[FundHold]:
    """Rounds that were decided and whose grants are not all under way."""
    return [FundHold(N_("Grant rounds that are decided and not paid"), queries.count_unpaid(fund_id))]


def register() -> None:
    """Fill the registries."""
    money_rooms.register(ROOM.endpoint, ROOM)
    fund_holds.register("grant-rounds", holds_of_fund)
    dashboard_needs.register("grant-rounds", list_waiting)
