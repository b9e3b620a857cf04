"""What statements add for staff: a room of the money pages, and what waits."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.banking import policy
from campaign.banking.queries import lists
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, dashboard_needs
from campaign.kernel.registry_money import MoneyGroup, MoneyRoom, money_rooms

ROOMS = (
    MoneyRoom(
        "banking_staff.list_statements", N_("Statements"), frozenset(policy.READERS), 40, group=MoneyGroup.COMING_IN
    ),
    MoneyRoom(
        "banking_staff.list_lines", N_("Lines to be matched"), frozenset(policy.READERS), 42, group=MoneyGroup.COMING_IN
    ),
)


def list_needs(actor: Actor) -> Sequence[Need]:
    """Lines that stand for nothing yet, and those that a second person looks at."""
    found = []
    if policy.can_keep(actor) and (waiting := lists.count_to_do()):
        url = url_for("banking_staff.list_lines")
        found.append(Need(_("Lines of statements that stand for nothing yet"), waiting, url))
    if policy.can_see(actor) and (waiting := lists.count_to_look(actor.id)):
        url = url_for("banking_staff.list_lines", state=lists.TO_LOOK)
        found.append(Need(_("Lines of which one person alone said where money went"), waiting, url))
    return found


def register() -> None:
    """Fill the registries."""
    for room in ROOMS:
        money_rooms.register(room.endpoint, room)
    dashboard_needs.register("banking", list_needs)
