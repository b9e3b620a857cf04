"""Turning rules off, and the lines of their history; beneath segments, which turn off the rules that use them."""

import secrets
import uuid
from typing import Any

from sqlalchemy import func, select

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.people.jobs import RunAutomation
from campaign.people.models import BY_PERSON, Automation, AutomationState, AutomationStep, HistoryKind, OffReason


def count_on(segment_id: uuid.UUID) -> int:
    """How many rules that are on ask for a segment."""
    mine = (Automation.segment_id == segment_id, Automation.state == AutomationState.ON)
    return session.scalar(select(func.count()).select_from(Automation).where(*mine)) or 0


def turn_off_those_using(segment_id: uuid.UUID, *, actor: uuid.UUID) -> int:
    """Stop the rules whose segment is put away; gives how many were on."""
    mine = (Automation.segment_id == segment_id, Automation.state == AutomationState.ON)
    rules = session.scalars(select(Automation).where(*mine).order_by(Automation.id).with_for_update()).all()
    for rule in rules:
        turn_off_because(rule, OffReason.SEGMENT_GONE, actor)
    return len(rules)


def turn_off_because(rule: Automation, reason: OffReason, actor: uuid.UUID | None) -> None:
    """Stop a rule, under its lock. What no person decided about the rule itself stands on the dashboard."""
    by = actor if reason in BY_PERSON else None
    rule.state, rule.off_reason, rule.off_on, rule.off_by = AutomationState.OFF, reason, clock.today(), by
    session.flush()
    note_step(rule, HistoryKind.OFF, actor, reason=reason)
    audit.record("automation.off", actor=actor, about=f"automation:{rule.id}", reason=reason.value)


def ask_for_round(*rules: uuid.UUID) -> None:
    """Have these rules run, in one round."""
    # Drawn and not counted, so that the log says nothing of the hour.
    round_ = secrets.randbelow(2**62) + 1
    for each in rules:
        jobs.enqueue(RunAutomation(str(each), round_, ""))


def note_step(
    rule: Automation, kind: HistoryKind, actor: uuid.UUID | None, *, saved: dict[str, Any] | None = None,
    reason: str = "",
) -> None:  # fmt: skip
    """One line of a rule's own history."""
    session.add(
        AutomationStep(
            automation_id=rule.id, kind=kind, version=rule.version, rule=saved, reason=reason, actor_id=actor,
            happened_on=clock.today(),
        )
    )  # fmt: skip
    session.flush()
