"""What pen-pals add to the reports: to how many people writers write, and how many they said they could."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry_reports import Load, ReportCard, Rows, loads, report_cards
from campaign.penpals.forms.health_words import finding
from campaign.penpals.models import Assignment, AssignmentState, WriterProfile
from campaign.penpals.queries.group_health import list_health
from campaign.people import policy as people_policy
from campaign.web.charts import INKS
from campaign.web.i18n import current_language

CARRIED = (AssignmentState.ACCEPTED, AssignmentState.ACTIVE)
"""Who is only asked carries nothing yet, and who rests nothing now."""


def carried() -> Rows:
    """The people to whom a writer writes, and since when."""
    since = func.coalesce(Assignment.accepted_on, Assignment.created_on)
    return select(Assignment.volunteer_id, since).where(
        Assignment.volunteer_id.is_not(None), Assignment.state.in_(CARRIED)
    )


def offered() -> Rows:
    """To how many at most they said they could write."""
    return select(WriterProfile.volunteer_id, WriterProfile.capacity)


def card(actor: Actor) -> ReportCard:
    """The report on groups as the page of all reports shows it."""
    found = list_health(people_policy.groups_of(actor), clock.today(), current_language())
    pictures = {scheme: url_for("group_health.draw_health", scheme=scheme, sheet="small") for scheme in INKS}
    url = url_for("group_health.show_health")
    return ReportCard(_("Group health"), finding(found), url, pictures if found else {})


def register() -> None:
    """Fill the registries."""
    report_cards.register("groups", card)
    loads.register("writing", Load(N_("People to write to"), carried, offered))
