"""What needs add for staff: lines of the navigation, what waits for somebody, and a section of a prisoner's page."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, PersonPanel, StaffLink, dashboard_needs, prisoner_panels, staff_links
from campaign.kernel.registry_money import MoneyGroup, MoneyRoom, money_rooms
from campaign.needs import policy
from campaign.needs.forms import staff_words as words
from campaign.needs.models import NeedState, Urgency
from campaign.needs.queries import needs as queries
from campaign.needs.queries.parcels import Parcels, count_lapsing, parcels_of

LINK = StaffLink("needs_staff.list_needs", N_("Needs"), frozenset(policy.READERS), 33)
ROOM = MoneyRoom("needs_staff.list_needs", N_("Needs"), frozenset(policy.READERS), 20, group=MoneyGroup.GOING_OUT)


def list_waiting(actor: Actor) -> Sequence[Need]:
    """What somebody can verify, approve or see to."""
    if not policy.can_see(actor):
        return []
    today = clock.today()
    (to_verify, to_approve), (urgent, ending) = queries.count_waiting(actor.id), queries.count_pressing(today)
    mine = url_for(LINK.endpoint, state=queries.MINE)
    pressing = url_for(LINK.endpoint, state=NeedState.APPROVED.value, urgency=Urgency.URGENT.value)
    found = [
        Need(_("Needs to be verified"), to_verify, mine), Need(_("Needs to be approved"), to_approve, mine),
        Need(_("Approved needs that cannot wait"), urgent, pressing, urgent=True),
    ]  # fmt: skip
    if policy.can_work(actor):
        found.append(Need(_("Needs that run out within a week"), ending, url_for(LINK.endpoint, sort="expires")))
        found.append(Need(_("Slots for parcels that lapse by tomorrow"), count_lapsing(today), url_for(LINK.endpoint)))
    return [each for each in found if each.count]


def prisoner_panel(prisoner_id: uuid.UUID) -> PersonPanel | None:
    """What somebody needs, and how many parcels are free; None for whoever does not see needs."""
    if not policy.can_see(current_user):
        return None
    context = {
        "needs": queries.list_of_prisoner(prisoner_id), "words": words, "left": _left(parcels_of(prisoner_id)),
        "may_work": policy.can_work(current_user),
    }  # fmt: skip
    return PersonPanel("needs/staff/_of_prisoner.html", context, rank=65)


def _left(parcels: Parcels) -> str:
    counted = [(words.KIND_WORDS[each.kind], each.left) for each in parcels.counted if each.left is not None]
    return ", ".join(f"{word}: {left}" for word, left in counted)


def register() -> None:
    """Fill the registries."""
    staff_links.register("needs", LINK)
    money_rooms.register(ROOM.endpoint, ROOM)
    dashboard_needs.register("needs", list_waiting)
    prisoner_panels.register("needs", prisoner_panel)
