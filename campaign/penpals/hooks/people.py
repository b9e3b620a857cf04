"""What pen-pals add to records, segments and automations: who belongs to which group, and who joined one."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from campaign.kernel.errors import N_
from campaign.kernel.registry_automations import AutomationTrigger, automation_triggers
from campaign.kernel.registry_people import DID, ConditionField, SegmentCondition, people_within, segment_conditions
from campaign.penpals import policy
from campaign.penpals.queries.groups import list_names
from campaign.penpals.queries.members import days_of_coming_in, people_of_groups, people_with_prisoner
from campaign.web.i18n import current_language


def _groups() -> Sequence[tuple[str, str]]:
    return [(str(group), name) for group, name in list_names(current_language())]


def _name(values: Mapping[str, Any]) -> str:
    group = uuid.UUID(values["group"])
    return dict(list_names(current_language(), frozenset({group}))).get(group, str(_("a group that is gone")))


MEMBER = SegmentCondition(
    "group", N_("Member of a group"), (ConditionField("group", N_("Group"), "choice", _groups),),
    lambda values: people_of_groups(frozenset({uuid.UUID(values["group"])})),
    lambda values: str(_("belongs to the group “%(group)s”", group=_name(values))),
    lambda values: str(_("does not belong to the group “%(group)s”", group=_name(values))), DID,
)  # fmt: skip
WITH_PRISONER = SegmentCondition(
    "prisoner", N_("Has somebody to write to"), (), lambda _values: people_with_prisoner(),
    lambda _values: str(_("has somebody to write to")), lambda _values: str(_("has nobody to write to")), DID,
)  # fmt: skip


def _joining(values: Mapping[str, Any]) -> str:
    if values["group"] is None:
        return str(_("joins a group"))
    return str(_("joins the group “%(group)s”", group=_name(values)))


JOINS = AutomationTrigger(
    "joined", N_("Joined a group"),
    (ConditionField("group", N_("Group (empty: any)"), "choice", _groups, is_needed=False),),
    lambda values, since: days_of_coming_in(uuid.UUID(values["group"]) if values["group"] else None, since), _joining,
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    people_within.register(policy.SCOPE, people_of_groups)
    segment_conditions.register(MEMBER.name, MEMBER)
    automation_triggers.register(JOINS.name, JOINS)
    segment_conditions.register(WITH_PRISONER.name, WITH_PRISONER)
