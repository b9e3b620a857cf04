"""What funds add for staff: a line of the navigation, and what waits for a second person."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.funds import policy
from campaign.funds.models import FundState
from campaign.funds.queries import entries, funds, rates
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs, staff_links
from campaign.kernel.registry_money import MoneyGroup, MoneyRoom, money_rooms

LINK = StaffLink("funds_staff.list_funds", N_("Funds"), frozenset(policy.READERS), 34)
ROOMS = (
    MoneyRoom("funds_staff.list_funds", N_("Funds"), frozenset(policy.READERS), 10, group=MoneyGroup.FUNDS),
    MoneyRoom("funds_staff.list_entries", N_("Journal"), frozenset(policy.BOOK_READERS), 70, group=MoneyGroup.BOOKS),
    MoneyRoom(
        "funds_staff.list_proposals", N_("To be posted"), frozenset(policy.BOOK_READERS), 72, group=MoneyGroup.BOOKS
    ),
    MoneyRoom(
        "funds_staff.list_accounts",
        N_("Accounts in the books"),
        frozenset(policy.BOOK_READERS),
        74,
        group=MoneyGroup.SETTINGS,
    ),
    MoneyRoom("funds_staff.list_rates", N_("Rates"), frozenset(policy.BOOK_READERS), 76, group=MoneyGroup.SETTINGS),
)


def list_needs(actor: Actor) -> Sequence[Need]:
    """What waits for somebody else than whoever asked."""
    found: list[Need] = []
    if policy.can_see_books(actor) and (waiting := entries.count_proposals_waiting()):
        found.append(Need(_("Entries to be posted by a second person"), waiting, url_for("funds_staff.list_proposals")))
    if policy.can_see_books(actor) and (waiting := rates.count_waiting(actor.id)):
        found.append(Need(_("Rates to be taken by a second person"), waiting, url_for("funds_staff.list_rates")))
    if policy.can_see(actor):
        if waiting := funds.count_review():
            url = url_for("funds_staff.list_funds", state=FundState.REVIEW.value)
            found.append(Need(_("Funds to be looked through and opened"), waiting, url))
        if waiting := funds.count_givings_waiting():
            found.append(
                Need(_("Words about where to give, to be released"), waiting, url_for("funds_staff.list_funds"))
            )
    return found


def register() -> None:
    """Fill the registries."""
    staff_links.register("funds", LINK)
    for room in ROOMS:
        money_rooms.register(room.endpoint, room)
    dashboard_needs.register("funds", list_needs)
