"""Whether a rule can do anything now, and what rules do to each other."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.accounts.service.acting import find_acting
from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.registry_automations import AutomationAct, AutomationTrigger, automation_acts, automation_triggers
from campaign.kernel.registry_people import segment_conditions
from campaign.people import policy
from campaign.people.models import Automation, AutomationState, OffReason, Segment
from campaign.people.queries.automations import Members, list_automations
from campaign.people.queries.segment_query import compile_tree
from campaign.people.queries.segment_tree import BadValue, check_values, read_tree


@dataclass(frozen=True, slots=True)
class Meant:
    """A rule as it can be run: its parts, with checked values."""

    trigger: AutomationTrigger
    trigger_values: Mapping[str, Any]
    act: AutomationAct
    act_values: Mapping[str, Any]


class Broken(Exception):
    """The rule cannot run as it stands."""

    def __init__(self, reason: OffReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def read_rule(rule: Automation) -> Meant:
    """The parts of a rule. Raises Broken where one of them, or what it names, is gone."""
    if rule.trigger not in automation_triggers:
        raise Broken(OffReason.OCCASION_GONE)
    if rule.act not in automation_acts:
        raise Broken(OffReason.ACT_GONE)
    trigger, act = automation_triggers[rule.trigger], automation_acts[rule.act]
    try:
        trigger_values = check_values(trigger, rule.trigger_values)
    except BadValue as problem:
        raise Broken(OffReason.OCCASION_GONE) from problem
    try:
        return Meant(trigger, trigger_values, act, check_values(act, rule.act_values))
    except BadValue as problem:
        raise Broken(OffReason.ACT_GONE) from problem


def find_segment(rule: Automation, actor: Actor) -> Segment | None:
    """The segment of a rule that has one, as `actor` may use it. Raises Broken where it is gone or put away."""
    if not rule.needs_segment:
        return None
    found = session.get(Segment, rule.segment_id, populate_existing=True) if rule.segment_id is not None else None
    if found is None or found.archived_on is not None or not policy.can_see_segment(actor, found):
        raise Broken(OffReason.SEGMENT_GONE)
    return found


def members_of(segment: Segment | None) -> Members:
    """A SELECT of who is in; None: everybody. Raises Refused for steps that mean nobody in particular."""
    return None if segment is None else compile_tree(read_tree(segment.tree), segment_conditions).members()


def find_runner(rule: Automation) -> Actor:
    """In whose name a rule that is on acts. Raises Broken when they may no longer, or are gone."""
    actor = find_acting(rule.on_by)
    if actor is None or not policy.can_automate(actor):
        raise Broken(OffReason.ROLE_LOST)
    return actor


def check_unchanged(rule: Automation, segment: Segment | None) -> None:
    """Raise Broken when the steps of the segment are others than those of the dry run."""
    if segment is not None and segment.tree != rule.tree:
        raise Broken(OffReason.SEGMENT_CHANGED)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other rules that this one has to do with."""

    starts: Sequence[Automation]
    """What it does is an occasion for these."""
    started_by: Sequence[Automation]
    """What these do is an occasion for it."""
    contradict: Sequence[Automation]
    """Are on, wait for the same occasion just as long, and undo what it does, or it what they do."""


def find_neighbours(rule: Automation) -> Neighbours:
    """Who starts whom, and who contradicts whom, among all rules."""
    mine, starts, started_by, contradict = _signals(rule), [], [], []
    for other in list_automations():
        if other.id == rule.id:
            continue
        theirs = _signals(other)
        if mine.sends & theirs.hears:
            starts.append(other)
        if theirs.sends & mine.hears:
            started_by.append(other)
        if other.state == AutomationState.ON and _same_occasion(rule, other) and mine.fights(theirs):
            contradict.append(other)
    return Neighbours(starts, started_by, contradict)


def starts_itself(rule: Automation) -> bool:
    """Whether what it does is the occasion it waits for."""
    mine = _signals(rule)
    return bool(mine.sends & mine.hears)


@dataclass(frozen=True, slots=True)
class _Signals:
    hears: frozenset[str] = frozenset()
    sends: frozenset[str] = frozenset()
    opposes: frozenset[str] = frozenset()

    def fights(self, other: "_Signals") -> bool:
        return bool(self.sends & other.opposes or self.opposes & other.sends)


def _signals(rule: Automation) -> _Signals:
    try:
        meant = read_rule(rule)
    except Broken:
        return _Signals()
    return _Signals(
        meant.trigger.hears(meant.trigger_values), meant.act.sends(meant.act_values),
        meant.act.opposes(meant.act_values),
    )  # fmt: skip


def _same_occasion(one: Automation, other: Automation) -> bool:
    """Whether both can meet somebody at the same moment: two segments may have nobody in common."""
    occasion = (one.trigger, one.trigger_values, one.wait_days) == (
        other.trigger, other.trigger_values, other.wait_days,
    )  # fmt: skip
    segments: set[uuid.UUID | None] = {one.segment_id, other.segment_id}
    return occasion and (len(segments) == 1 or None in segments)
