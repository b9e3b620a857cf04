"""What dossiers add for staff: a line of the navigation, what waits for somebody, a section of a prisoner's page."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from campaign.dossiers import policy
from campaign.dossiers.forms import words
from campaign.dossiers.queries import dossiers as queries
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, PersonPanel, StaffLink, dashboard_needs, prisoner_panels, staff_links
from campaign.web.place import current_place

LINK = StaffLink("dossiers_staff.list_dossiers", N_("Dossiers"), frozenset(policy.WORKERS), 21)


def list_waiting(actor: Actor) -> Sequence[Need]:
    """What somebody can release, what is due, and what is to be looked at again; of sanctions outside Russia alone."""
    if not policy.can_work(actor):
        return []
    seen, today = policy.can_see_sanctions(current_place()), clock.today()
    to_release = queries.count_to_release(actor.id, with_sanctions=seen)
    due = queries.count_due(today + queries.SOON, with_sanctions=seen)
    to_look_at = queries.count_to_look_at(with_sanctions=seen)
    found = [
        Need(_("Dossiers to be released by a second person"), to_release, _room("state", queries.MINE)),
        Need(_("Dossiers with something due within a week"), due, _room("due", queries.WITHIN_A_WEEK)),
        Need(_("Dossiers to be looked at again"), to_look_at, _room("state", queries.LOOK), urgent=True),
    ]  # fmt: skip
    return [each for each in found if each.count]


def prisoner_panel(prisoner_id: uuid.UUID) -> PersonPanel | None:
    """Somebody's dossiers; None for whoever does not work on them."""
    if not policy.can_work(current_user):
        return None
    found = queries.list_of_prisoner(prisoner_id, with_sanctions=policy.can_see_sanctions(current_place()))
    dues = queries.next_dues([each.id for each in found])
    return PersonPanel("dossiers/staff/_of_prisoner.html", {"dossiers": found, "dues": dues, "words": words}, rank=66)


def _room(name: str, value: str) -> str:
    return f"{url_for(LINK.endpoint)}?{name}={value}"


def register() -> None:
    """Fill the registries."""
    staff_links.register("dossiers", LINK)
    dashboard_needs.register("dossiers", list_waiting)
    prisoner_panels.register("dossiers", prisoner_panel)
