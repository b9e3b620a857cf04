"""What pen-pals show on a person's page: the volunteer's panel, and lines of the timeline."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel.registry import Panel
from campaign.kernel.registry_people import Happening, active_days, people_panels, people_timelines
from campaign.penpals.forms.writers import STATE_WORDS
from campaign.penpals.queries import writers as queries
from campaign.penpals.queries.members import days_of_taking_part
from campaign.people.models import VolunteerState
from campaign.people.queries.person_page import find_volunteer_of
from campaign.web.i18n import current_language, day_of
from campaign.web.templating import opens


def register() -> None:
    """Fill the registries."""
    people_panels.register("volunteer", volunteer_panel)
    people_timelines.register("penpals", list_lines)
    active_days.register("penpals", days_of_taking_part)


def volunteer_panel(person_id: uuid.UUID) -> Panel | None:
    """Where a volunteer stands, to how many they write, and in which groups they are."""
    volunteer = find_volunteer_of(person_id)
    if volunteer is None:
        return None
    groups = [group.name_in(current_language()) for _member, group in queries.list_memberships(volunteer.id)]
    state = str(STATE_WORDS[VolunteerState(volunteer.state)])
    live = queries.count_live(volunteer.id)
    facts = [
        (_("State"), f"{state}, {_('since %(day)s', day=day_of(volunteer.state_since_on))}"),
        (_("Writes to"), ngettext("%(num)s person", "%(num)s people", live)),
        (_("Groups"), ", ".join(groups) or "–"),
    ]
    links = []
    if opens("volunteers_staff.show_volunteer"):
        page = url_for("volunteers_staff.show_volunteer", volunteer_id=volunteer.id)
        links.append((_("To the page of the volunteer"), page))
    return Panel(_("As a volunteer"), facts, links)


def list_lines(person_id: uuid.UUID) -> Sequence[Happening]:
    """Steps of a volunteer's way, groups joined and left, and whom they were given to write to."""
    volunteer = find_volunteer_of(person_id)
    if volunteer is None:
        return ()
    language = current_language()
    lines = [
        Happening(
            each.happened_on, "volunteer", _("As a volunteer: %(state)s", state=STATE_WORDS[VolunteerState(each.now)])
        )
        for each in queries.list_way(volunteer.id)
    ]
    for member, group in queries.list_memberships(volunteer.id, current=False):
        name = group.name_in(language)
        lines.append(Happening(member.joined_on, "joined", _("Joined the group “%(name)s”", name=name)))
        if member.left_on is not None:
            lines.append(Happening(member.left_on, "joined", _("Left the group “%(name)s”", name=name)))
    for assignment, prisoner in queries.list_assignments(volunteer.id, live=False):
        name = prisoner.name_in(language)
        if assignment.accepted_on is not None:
            lines.append(Happening(assignment.accepted_on, "given", _("Took on writing to %(name)s", name=name)))
        if assignment.accepted_on is not None and assignment.ended_on is not None:
            lines.append(Happening(assignment.ended_on, "given", _("Writes to %(name)s no more", name=name)))
    return lines
