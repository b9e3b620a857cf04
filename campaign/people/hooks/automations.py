"""What automations add to the rest, and the occasions and acts that people's own records offer them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs, staff_links
from campaign.kernel.registry_automations import (
    AutomationAct,
    AutomationTrigger,
    automation_acts,
    automation_triggers,
)
from campaign.kernel.registry_people import (
    DAYS_OR_EVER,
    DID,
    ConditionField,
    Happening,
    SegmentCondition,
    people_timelines,
    segment_conditions,
)
from campaign.people import policy
from campaign.people.forms import automation_words, condition_words
from campaign.people.forms.condition_words import said
from campaign.people.models import DeedState
from campaign.people.queries import automations as queries
from campaign.people.queries import conditions, occasions, segment_options
from campaign.people.service.automations import acts
from campaign.web.spans import in_days, when

TAG = (ConditionField("tag", N_("Tag"), "choice", segment_options.list_tags),)


def _tag_signal(values: Mapping[str, Any]) -> frozenset[str]:
    return frozenset({f"tag:{values['tag']}"})


TRIGGERS = (
    AutomationTrigger(
        "agreed", N_("Asked to hear from us"),
        (ConditionField("purpose", N_("About what"), "choice", condition_words.purposes),), occasions.agreed,
        said(N_("asks to hear from us (%(purpose)s)"), purpose=condition_words.purpose),
    ),
    AutomationTrigger(
        "written-down", N_("Was written down, or came with a list"), (), occasions.written_down,
        said(N_("is written down or comes with a list")),
    ),
    AutomationTrigger(
        "tagged", N_("Was given a tag"), TAG, occasions.tagged,
        said(N_("is given the tag “%(tag)s”"), tag=condition_words.tag_name), hears=_tag_signal,
    ),
    AutomationTrigger("came", N_("Came to an event"), (), occasions.came, said(N_("has come to an event"))),
    AutomationTrigger(
        "silent", N_("Nothing heard for some time"), (ConditionField("days", N_("For so many days"), "days"),),
        occasions.silent, said(N_("has not been heard of for %(days)s"), days=in_days),
    ),
)  # fmt: skip
ACTS = (
    AutomationAct(
        "give-tag", N_("Give a tag"), TAG, said(N_("give the tag “%(tag)s”"), tag=condition_words.tag_name),
        said(N_("The tag “%(tag)s” was given"), tag=condition_words.tag_name), acts.give_tag, acts.GIVE.undo,
        conditions.tagged, sends=_tag_signal,
    ),
    AutomationAct(
        "take-tag", N_("Take a tag away"), TAG, said(N_("take the tag “%(tag)s” away"), tag=condition_words.tag_name),
        said(N_("The tag “%(tag)s” was taken away"), tag=condition_words.tag_name), acts.take_tag, acts.TAKE.undo,
        conditions.untagged, opposes=_tag_signal,
    ),
    AutomationAct(
        queries.TELL, N_("Tell staff on the dashboard"), (), said(N_("tell staff on the dashboard")),
        said(N_("Staff were told")), acts.tell_staff, is_lasting=False,
    ),
)  # fmt: skip


def _rules() -> Sequence[tuple[str, str]]:
    return [(str(rule.id), rule.title) for rule in queries.list_automations()]


def _title(value: str) -> str:
    return dict(_rules()).get(value, str(_("a rule that is gone")))


def _met(values: Mapping[str, Any]) -> Any:
    days = values["days"]
    since = None if days is None else clock.today() - timedelta(days=days)
    return queries.met_by(uuid.UUID(values["rule"]), since)


MET = SegmentCondition(
    "automation", N_("An automation did something to them"),
    (ConditionField("rule", N_("Rule"), "choice", _rules), DAYS_OR_EVER), _met,
    lambda values: when(str(_("was met by the rule “%(rule)s”", rule=_title(values["rule"]))), values["days"]),
    lambda values: when(str(_("was not met by the rule “%(rule)s”", rule=_title(values["rule"]))), values["days"]), DID,
)  # fmt: skip
LINK = StaffLink("automations.list_automations", N_("Automations"), frozenset(policy.READERS), 44)


def list_lines(person_id: uuid.UUID) -> Sequence[Happening]:
    """What rules did to somebody, and what of it was taken back."""
    lines = []
    for deed, rule in queries.list_deeds_of(person_id):
        what = automation_words.done_words(deed)
        url = "" if rule.deleted_on else url_for("automations.show_automation", automation_id=rule.id)
        by = _("%(what)s (rule “%(rule)s”)", what=what, rule=rule.title)
        lines.append(Happening(deed.acted_on, "automation", str(by), url))
        if deed.state == DeedState.UNDONE and deed.undone_on is not None:
            back = _("Taken back: %(what)s (rule “%(rule)s”)", what=what, rule=rule.title)
            lines.append(Happening(deed.undone_on, "automation", str(back), url))
    return lines


def list_needs(actor: Actor) -> list[Need]:
    """Rules that went off by themselves, and people of whom a rule tells."""
    if not policy.can_automate(actor):
        return []
    needs = []
    for rule in queries.list_fallen():
        title = _("The rule “%(rule)s” went off: %(why)s", rule=rule.title, why=automation_words.why_off(rule))
        needs.append(
            Need(str(title), 1, url_for("automations.show_automation", automation_id=rule.id), urgent=True)
        )  # fmt: skip
    for rule, count in queries.list_told():
        title = _("People of whom the rule “%(rule)s” tells", rule=rule.title)
        needs.append(Need(str(title), count, url_for("automations.show_log", automation_id=rule.id, told="yes")))
    return needs


def register() -> None:
    """Fill the registries."""
    for trigger in TRIGGERS:
        automation_triggers.register(trigger.name, trigger)
    for act in ACTS:
        automation_acts.register(act.name, act)
    segment_conditions.register(MET.name, MET)
    staff_links.register("automations", LINK)
    people_timelines.register("automations", list_lines)
    dashboard_needs.register("automations", list_needs)
