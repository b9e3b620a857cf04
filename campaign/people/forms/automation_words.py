"""Rules in words: the whole as one sentence, what was done, and why one is off."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.kernel.registry_automations import automation_acts, automation_triggers
from campaign.kernel.registry_people import Fielded
from campaign.people.forms.words import word_of
from campaign.people.models import (
    Automation,
    AutomationDeed,
    AutomationState,
    DeedState,
    HistoryKind,
    OffReason,
    Outcome,
)
from campaign.people.queries.segment_tree import BadValue, check_values
from campaign.people.service.automations.rules import RuleDraft, draft_of

STATE_WORDS = {
    AutomationState.DRAFT: _l("draft"),
    AutomationState.ON: _l("on"),
    AutomationState.OFF: _l("off"),
}
OFF_WORDS = {
    OffReason.BY_HAND: _l("It was turned off."),
    OffReason.EDITED: _l("It was changed, and nobody has tried it so yet."),
    OffReason.ROLE_LOST: _l("Whoever turned it on may not see everybody any more, or is gone."),
    OffReason.SEGMENT_GONE: _l("Its segment is gone, was put away, or is not shared with whoever turned it on."),
    OffReason.SEGMENT_CHANGED: _l("The steps of its segment were changed after the dry run."),
    OffReason.SEGMENT_BROKEN: _l("The steps of its segment cannot be read as they are."),
    OffReason.TOO_SLOW: _l("Finding whom it means took too long and was stopped. A simpler segment helps."),
    OffReason.OCCASION_GONE: _l("What it waits for is gone: a tag, a petition or a group."),
    OffReason.ACT_GONE: _l("What it would do is not possible any more: its tag was deleted or merged."),
}
DEED_WORDS = {
    DeedState.DONE: _l("done"),
    DeedState.UNCHANGED: _l("was so already"),
    DeedState.FAILED: _l("did not work"),
    DeedState.UNDONE: _l("was taken back"),
}
OUTCOME_WORDS = {
    Outcome.MET: _l("would be met"),
    Outcome.ALREADY: _l("left out: it is so already"),
    Outcome.CONDITION: _l("left out: not in the segment"),
    Outcome.REFUSED: _l("left out: not now"),
    Outcome.LIMIT: _l("left out: the daily limit had no room"),
}
HISTORY_WORDS = {
    HistoryKind.SAVED: _l("saved"),
    HistoryKind.DRY_RUN: _l("tried without consequences"),
    HistoryKind.ON: _l("turned on"),
    HistoryKind.OFF: _l("turned off"),
    HistoryKind.DELETED: _l("deleted"),
}


def sentence(rule: Automation, segment: str) -> str:
    """The whole rule; `segment`: what its segment is called, empty for none."""
    return sentence_of(draft_of(rule), segment if rule.needs_segment else "")


def sentence_of(draft: RuleDraft, segment: str) -> str:
    """A rule that is saved or was once: "When somebody …, if they are in “…”, after 3 days: … At most 50 a day."""
    parts = [str(_("When somebody %(occasion)s", occasion=occasion_words(draft.trigger, draft.trigger_values)))]
    if segment:
        parts.append(str(_("if they are in “%(segment)s”", segment=segment)))
    if draft.wait_days:
        parts.append(
            str(ngettext("after %(num)s day", "after %(num)s days", draft.wait_days))
        )  # fmt: skip
    act = act_words(draft.act, draft.act_values)
    most = _("At most %(amount)s a day.", amount=format_decimal(draft.most_a_day))
    whole = f"{', '.join(parts)}: {act}. {most}"
    if draft.back_days:
        back = ngettext(
            "Also for what happened in the day before it is turned on.",
            "Also for what happened in the %(num)s days before it is turned on.", draft.back_days,
        )  # fmt: skip
        whole = f"{whole} {back}"
    return whole


def why_off(rule: Automation) -> str:
    """Why it is off; empty where it is not."""
    return str(word_of(OFF_WORDS, rule.off_reason)) if rule.off_reason else ""


def occasion_words(name: str, values: Mapping[str, Any]) -> str:
    """What somebody does, when."""
    if name not in automation_triggers:
        return str(_("does something that this place does not know any more"))
    trigger = automation_triggers[name]
    checked = _checked(trigger, values)
    return f"… ({_(trigger.label)})" if checked is None else trigger.describe(checked)


def act_words(name: str, values: Mapping[str, Any]) -> str:
    """What is done then."""
    if name not in automation_acts:
        return str(_("do something that this place does not know any more"))
    act = automation_acts[name]
    checked = _checked(act, values)
    return f"… ({_(act.label)})" if checked is None else act.describe(checked)


def reason_words(name: str, reason: str) -> str:
    """Why an act would not meet somebody now."""
    return automation_acts[name].why(reason) if name in automation_acts else reason


def done_words(deed: AutomationDeed) -> str:
    """What was done to somebody."""
    if deed.act not in automation_acts:
        return str(_("Something that this place does not know any more"))
    act = automation_acts[deed.act]
    checked = _checked(act, deed.act_values)
    return str(_(act.label)) if checked is None else act.describe_done(checked)


def _checked(of: Fielded, values: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return check_values(of, values)
    except BadValue:
        return None
