"""What statements add for staff: a room of the money pages, and what waits."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.banking import policy
from campaign.banking.queries import lists
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs
from campaign.kernel.registry_money import money_rooms

ROOMS = (
    StaffLink("banking_staff.list_statements", N_("Statements"), frozenset(policy.READERS), 40),
    StaffLink("banking_staff.list_lines", N_("Lines to be matched"), frozenset(policy.READERS), 42),
)


def list_needs(actor: Actor) -> Sequence[Need]:
    """Lines that stand for nothing yet."""
    if policy.can_keep(actor) and (waiting := lists.count_to_do()):
        return [Need(_("Lines of statements that stand for nothing yet"), waiting, url_for("banking_staff.list_lines"))]
    return []


def register() -> None:
    """Fill the registries."""
    for room in ROOMS:
        money_rooms.register(room.endpoint, room)
    dashboard_needs.register("banking", list_needs)
