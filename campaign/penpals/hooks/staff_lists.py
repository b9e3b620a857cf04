"""Volunteers and assignments in the staff navigation and on the dashboard."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs, staff_links
from campaign.penpals import policy
from campaign.penpals.queries import assignments as queries
from campaign.penpals.queries.writers import count_in
from campaign.people.models import VolunteerState

VOLUNTEERS = StaffLink("volunteers_staff.list_volunteers", N_("Volunteers"), frozenset(policy.COORDINATORS), 28)
ASSIGNMENTS = StaffLink(
    "assignments_staff.list_assignments", N_("Who writes to whom"), frozenset(policy.COORDINATORS), 29,
    scope=policy.SCOPE,
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    staff_links.register("volunteers", VOLUNTEERS)
    staff_links.register("assignments", ASSIGNMENTS)
    dashboard_needs.register("volunteers", list_waiting)
    dashboard_needs.register("assignments", list_late)


def list_waiting(actor: Actor) -> Sequence[Need]:
    """Volunteers whom nobody has answered."""
    if not actor.has_role(*policy.COORDINATORS):
        return []
    waiting = count_in(VolunteerState.APPLIED)
    page = url_for("volunteers_staff.list_volunteers", state=VolunteerState.APPLIED.value)
    return [Need(_("Volunteers wait for a first answer"), waiting, page)] if waiting else []


def list_late(actor: Actor) -> Sequence[Need]:
    """Correspondences that need a look."""
    within = actor.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    if within == frozenset():
        return []
    amounts = queries.count_needs(clock.today(), within)
    page = "assignments_staff.list_assignments"
    needs = [
        Need(_("People wait for somebody who takes over"), amounts["successor"], url_for(page, only="successor"), True),
        Need(_("Letters of writers are overdue"), amounts["at_risk"], url_for(page, health="at_risk")),
        Need(_("From writers no letter has come for long"), amounts["lapsed"], url_for(page, health="lapsed")),
        Need(_("Writers were asked whom no mail reaches"), amounts["unanswered"], url_for(page, only="unanswered")),
        Need(_("Writers ask for somebody else to write to"), amounts["another"], url_for(page, only="another")),
    ]
    return [need for need in needs if need.count]
