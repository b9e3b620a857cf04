"""What segments add to the rest: their line of the navigation, what is forgotten, and what merging does."""

import uuid

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel.errors import N_
from campaign.kernel.registry import Panel, RetentionRule, StaffLink, retention_rules, staff_links
from campaign.kernel.registry_people import MergeRule, merge_rules, people_panels
from campaign.people import policy
from campaign.people.service.segments import freeze

LINK = StaffLink("segments.list_segments", N_("Segments"), frozenset(policy.READERS), 42, scope=policy.SCOPE)
USES = RetentionRule(
    "segment-uses", freeze.KEPT_DAYS, freeze.forget_old,
    N_("Who was in a segment of people when it was used, by their numbers alone: forgotten after 180 days."),
)  # fmt: skip
MEMBERS = MergeRule("segment_member", "person_id", freeze.move_members, freeze.put_members_back)


def panel(person_id: uuid.UUID) -> Panel:
    """Where one can ask for the segments of somebody."""
    return Panel(
        _("Segments"), links=[(_("Why in or out of a segment?"), url_for("segments.choose_segment", person=person_id))]
    )


def register() -> None:
    """Fill the registries."""
    staff_links.register("segments", LINK)
    retention_rules.register(USES.name, USES)
    people_panels.register("segments", panel)
    merge_rules.register("segment-members", MEMBERS)
