"""Batches in the staff navigation and on the dashboard."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs, staff_links
from campaign.letters.queries.batches import count_to_check_off, count_waiting
from campaign.penpals.policy import COORDINATORS, SCOPE

BATCHES = StaffLink("batches_staff.list_batches", N_("Batches of letters"), frozenset(COORDINATORS), 24, scope=SCOPE)
RELAYS = StaffLink("relays_staff.list_all", N_("Return addresses"), frozenset(COORDINATORS), 25)


def list_needs(actor: Actor) -> Sequence[Need]:
    """Letters that wait for a batch, and batches that left and were not checked off."""
    within = actor.subjects_of(SCOPE, *COORDINATORS)
    if within == frozenset():
        return []
    waiting, since = count_waiting(within)
    days = (clock.today() - since).days if since is not None else 0
    page = url_for("batches_staff.list_batches")
    words = ngettext(
        "Letters wait for a batch, the oldest for %(num)s day", "Letters wait for a batch, the oldest for %(num)s days",
        days,
    ) if days else _("Letters wait for a batch")  # fmt: skip
    posted = url_for("batches_staff.list_batches", state="posted")
    needs = [
        Need(words, waiting, page),
        Need(_("Batches have been posted and are not checked off"), count_to_check_off(within, actor.id), posted),
    ]
    return [need for need in needs if need.count]


def register() -> None:
    """Fill the registries."""
    staff_links.register("letter_batches", BATCHES)
    staff_links.register("relays", RELAYS)
    dashboard_needs.register("letter_batches", list_needs)
