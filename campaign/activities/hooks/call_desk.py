"""What call lists add for staff: a line of the navigation, a panel on a person's page, conditions of segments."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from campaign.activities.forms.call_words import ENTRY_WORDS, OUTCOME_WORDS, outcome_word
from campaign.activities.models import CallListState, EntryState
from campaign.activities.queries import calls as queries
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, Panel, StaffLink, dashboard_needs, staff_links
from campaign.kernel.registry_people import (
    DAYS_OR_EVER,
    DID,
    ConditionField,
    SegmentCondition,
    people_panels,
    segment_conditions,
)
from campaign.people import policy
from campaign.web.i18n import day_of
from campaign.web.spans import when

LINK = StaffLink("calls_staff.list_lists", N_("Calls"), frozenset(policy.READERS), 28, scope=policy.SCOPE)
SOON_DAYS = 3


def list_needs(actor: Actor) -> Sequence[Need]:
    """Lists that are due within three days, or were, and whose people are not all called."""
    groups = policy.groups_of(actor)
    if groups == frozenset():
        return []
    today = clock.today()
    waiting, is_late = queries.count_due(groups, today + timedelta(days=SOON_DAYS)), queries.count_due(groups, today)
    if not waiting:
        return []
    url = url_for("calls_staff.list_lists", state=CallListState.OPEN.value)
    return [Need(_("Calls to make on lists that are soon due"), waiting, url, urgent=bool(is_late))]


def panel(person_id: uuid.UUID) -> Panel | None:
    """On which lists somebody is, of those that the reader may see."""
    found = queries.lists_with(person_id, policy.groups_of(current_user))
    if not found:
        return None
    facts = []
    for entry, of in found:
        words = [str(ENTRY_WORDS[EntryState(entry.state)])]
        words += [outcome_word(entry.last_outcome)] if entry.last_outcome else []
        words += [_("again on %(day)s", day=day_of(entry.call_on))] if entry.call_on else []
        facts.append((of.title, ", ".join(words)))
    links = [(of.title, url_for("calls_staff.show_list", list_id=of.id)) for _entry, of in found]
    return Panel(_("On these call lists"), facts, links)


def _outcomes() -> Sequence[tuple[str, str]]:
    ours = [(each.value, outcome_word(each)) for each in OUTCOME_WORDS]
    return ours + [(word, word) for word in queries.list_own_outcomes()]


def _lists() -> Sequence[tuple[str, str]]:
    return [(queries.ANY_LIST, str(_("any list"))), *queries.list_titles()]


def _list_title(values: Mapping[str, Any]) -> str:
    return dict(_lists()).get(values["list"], str(_("a list that is over")))


CALLED = SegmentCondition(
    "call-outcome", N_("Was called with an outcome"),
    (ConditionField("outcome", N_("Outcome"), "choice", _outcomes), DAYS_OR_EVER), queries.called_with,
    lambda values: when(
        _("was called with the outcome “%(outcome)s”", outcome=outcome_word(values["outcome"])), values["days"]
    ),
    lambda values: when(
        _("was not called with the outcome “%(outcome)s”", outcome=outcome_word(values["outcome"])), values["days"]
    ), DID,
)  # fmt: skip
LISTED = SegmentCondition(
    "call-list", N_("Is to be called"), (ConditionField("list", N_("For which list"), "choice", _lists),),
    queries.on_list, lambda values: str(_("is to be called for “%(list)s”", list=_list_title(values))),
    lambda values: str(_("is not to be called for “%(list)s”", list=_list_title(values))), DID,
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    staff_links.register("calls", LINK)
    dashboard_needs.register("calls", list_needs)
    people_panels.register("calls", panel)
    for each in (CALLED, LISTED):
        segment_conditions.register(each.name, each)
