"""Saving a rule, turning it on and off, deleting it: each under the lock of its row, with a line of its history."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.registry_automations import automation_acts, automation_triggers
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version
from campaign.people import policy
from campaign.people.models import (
    LONGEST_RULE_TITLE,
    MOST_A_DAY,
    MOST_BACK,
    MOST_WAIT,
    Automation,
    AutomationState,
    HistoryKind,
    OffReason,
)
from campaign.people.queries.automations import find_author, find_valid_dry_run
from campaign.people.queries.segment_tree import tidy_values
from campaign.people.service.automations import checks
from campaign.people.service.automations.using import ask_for_round, note_step, turn_off_because
from campaign.people.service.segments.edit import seen_segment


class BadRule(DomainError):
    """The rule cannot stand so."""


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as it is to be; values as they were typed."""

    title: str
    trigger: str
    act: str
    trigger_values: Mapping[str, str] = field(default_factory=dict)
    act_values: Mapping[str, str] = field(default_factory=dict)
    segment_id: uuid.UUID | None = None
    wait_days: int = 0
    back_days: int = 0
    most_a_day: int = 50


def make_rule(draft: RuleDraft, *, actor: Actor, is_demo: bool = False) -> Automation:
    """A new draft. Raises Forbidden, BadRule, NotFound."""
    _check_may(actor)
    rule = Automation(
        id=uuid.uuid4(), state=AutomationState.DRAFT, made_by=actor.id, created_on=clock.today(), is_demo=is_demo,
        version=1,
    )  # fmt: skip
    _fill(rule, draft, actor)
    session.add(rule)
    session.flush()
    note_step(rule, HistoryKind.SAVED, actor.id, saved=as_saved(rule))
    audit.record("automation.make", actor=actor.id, about=f"automation:{rule.id}")
    return rule


def edit_rule(automation_id: uuid.UUID, draft: RuleDraft, *, seen_version: int, actor: Actor) -> Automation:
    """Another version. One that is on goes off, since nobody has tried it so. Raises Conflict, BadRule, NotFound."""
    _check_may(actor)
    rule = lock_rule(automation_id)
    check_version(rule.version, seen_version)
    before = as_saved(rule)
    _fill(rule, draft, actor)
    saved = as_saved(rule)
    if saved == before:
        return rule
    rule.version += 1
    if rule.state == AutomationState.ON:
        turn_off_because(rule, OffReason.EDITED, actor.id)
    session.flush()
    note_step(rule, HistoryKind.SAVED, actor.id, saved=saved)
    audit.record("automation.edit", actor=actor.id, about=f"automation:{rule.id}")
    return rule


def turn_on(automation_id: uuid.UUID, *, seen_version: int, actor: Actor) -> None:
    """Let it act from today on, in the name of `actor`, who has seen the dry run of this version.

    Raises Conflict where that is not so, where a part of it is gone, or another rule contradicts it; NotFound.
    """
    _check_may(actor)
    rule = lock_rule(automation_id)
    check_version(rule.version, seen_version)
    if rule.state == AutomationState.ON:
        raise Conflict(N_("It is on already."))
    try:
        checks.read_rule(rule)
        segment = checks.find_segment(rule, actor)
    except checks.Broken as problem:
        raise Conflict(N_("Something that this rule names is gone. Edit the rule first.")) from problem
    if automation_acts[rule.act].needs_two and find_author(rule.id) == actor.id:
        raise Conflict(N_("This rule writes to people. Somebody else than whoever wrote it tries it and turns it on."))
    tried = find_valid_dry_run(rule, actor.id)
    tree = None if segment is None else segment.tree
    if tried is None or tried.tree != tree:
        raise Conflict(N_("Make a dry run first: you turn on what you have seen, as it is now."))
    if checks.find_neighbours(rule).contradict:
        raise Conflict(N_("Another rule that is on would do the opposite on the same occasion. Turn one of them off."))
    rule.state, rule.tree, rule.on_by, rule.on_since = AutomationState.ON, tree, actor.id, clock.today()
    rule.off_reason, rule.off_on, rule.off_by = "", None, None
    session.flush()
    note_step(rule, HistoryKind.ON, actor.id)
    ask_for_round(rule.id)
    audit.record("automation.on", actor=actor.id, about=f"automation:{rule.id}", amount=rule.version)


def turn_off(automation_id: uuid.UUID, *, actor: Actor) -> bool:
    """Stop it at once; False when it was not on. Raises NotFound."""
    _check_may(actor)
    rule = lock_rule(automation_id)
    if rule.state != AutomationState.ON:
        if rule.state == AutomationState.OFF and rule.off_by is None:
            # Whoever says so has read why it went off by itself: the dashboard need not say it any longer.
            rule.off_by = actor.id
            session.flush()
        return False
    turn_off_because(rule, OffReason.BY_HAND, actor.id)
    return True


def delete_rule(automation_id: uuid.UUID, *, actor: Actor) -> None:
    """Take it off the list for good. What it did stays in its log until that is forgotten. Raises NotFound."""
    _check_may(actor)
    rule = lock_rule(automation_id)
    if rule.state == AutomationState.ON:
        turn_off_because(rule, OffReason.BY_HAND, actor.id)
    rule.deleted_on = clock.today()
    session.flush()
    note_step(rule, HistoryKind.DELETED, actor.id)
    audit.record("automation.delete", actor=actor.id, about=f"automation:{rule.id}")


def note_seen(automation_id: uuid.UUID, up_to: int, *, actor: Actor) -> None:
    """Staff have looked at those of whom the rule told them, up to a line of its log. Raises NotFound."""
    _check_may(actor)
    rule = lock_rule(automation_id)
    rule.seen_deed_id = max(rule.seen_deed_id, up_to)
    session.flush()


def lock_rule(automation_id: uuid.UUID) -> Automation:
    """The rule under the lock of its row. Raises NotFound."""
    rule = session.get(Automation, automation_id, with_for_update=True, populate_existing=True)
    if rule is None or rule.deleted_on is not None:
        raise NotFound
    return rule


def note_dry_run(rule: Automation, actor: uuid.UUID) -> None:
    """A line of the history: somebody tried this version."""
    note_step(rule, HistoryKind.DRY_RUN, actor)


def draft_of(rule: Automation) -> RuleDraft:
    """The rule as a form holds it."""
    return RuleDraft(
        rule.title, rule.trigger, rule.act, rule.trigger_values, rule.act_values, rule.segment_id, rule.wait_days,
        rule.back_days, rule.most_a_day,
    )  # fmt: skip


def _check_may(actor: Actor) -> None:
    if not policy.can_automate(actor):
        raise Forbidden(policy.AUTOMATES_EVERYBODY)


def _fill(rule: Automation, draft: RuleDraft, actor: Actor) -> None:
    """Raises BadRule, BadValue."""
    title = one_line(draft.title, LONGEST_RULE_TITLE)
    if not title:
        raise BadRule(N_("A rule needs a title."))
    if draft.trigger not in automation_triggers:
        raise BadRule(N_("Choose when it begins."))
    if draft.act not in automation_acts:
        raise BadRule(N_("Choose what it does."))
    in_range = (
        0 <= draft.wait_days <= MOST_WAIT and 0 <= draft.back_days <= MOST_BACK and 1 <= draft.most_a_day <= MOST_A_DAY
    )
    if not in_range:
        raise BadRule(N_("Wait 0 to 90 days, look back 0 to 30 days, and meet 1 to 1,000 people a day."))
    if draft.segment_id is not None and draft.segment_id != rule.segment_id:
        _check_segment(draft.segment_id, actor)
    rule.title, rule.trigger, rule.act = title, draft.trigger, draft.act
    rule.trigger_values = tidy_values(automation_triggers[draft.trigger], draft.trigger_values)
    rule.act_values = tidy_values(automation_acts[draft.act], draft.act_values)
    rule.segment_id, rule.needs_segment = draft.segment_id, draft.segment_id is not None
    rule.wait_days, rule.back_days, rule.most_a_day = draft.wait_days, draft.back_days, draft.most_a_day
    if checks.starts_itself(rule):
        raise BadRule(N_("It would wait for what it does itself. Choose another occasion or another act."))


def _check_segment(segment_id: uuid.UUID, actor: Actor) -> None:
    try:
        segment = seen_segment(segment_id, actor)
    except NotFound:
        raise BadRule(N_("This segment is gone, or not for you.")) from None
    if segment.archived_on is not None:
        raise BadRule(N_("This segment was put away. Bring it back, or choose another."))


def as_saved(rule: Automation) -> dict[str, Any]:
    """The same as its history keeps it."""
    saved = asdict(draft_of(rule))
    return {**saved, "segment_id": None if rule.segment_id is None else str(rule.segment_id)}
