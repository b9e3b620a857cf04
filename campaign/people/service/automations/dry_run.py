"""Trying a rule: whom it would have met in the last thirty days, and whom it would meet now. It changes nobody."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from campaign.accounts.service.acting import find_acting
from campaign.kernel import clock, jobs
from campaign.kernel.actors import Actor
from campaign.kernel.db import TooSlow, read_only, session
from campaign.kernel.errors import Forbidden
from campaign.people import policy
from campaign.people.jobs import TryAutomation
from campaign.people.models import (
    Automation,
    AutomationDryLine,
    AutomationDryRun,
    DryRunState,
    OffReason,
    Outcome,
    Person,
)
from campaign.people.queries.automations import select_occasions, select_weighed
from campaign.people.queries.segment_tree import Refused
from campaign.people.service.automations import checks
from campaign.people.service.automations.rules import lock_rule, note_dry_run

DAYS, OPEN_DAYS = 30, 14
"""Days that are replayed; days for which an occasion stays open once it is due."""
MOST_SECONDS, MOST_LOOKED, MOST_LINES, PART = 30, 50_000, 1_000, 500
KEPT_DAYS = 30


@dataclass(slots=True)
class Weighed:
    """One occasion, and what a dry run says of it."""

    person_id: uuid.UUID
    occasion_on: date
    due_on: date
    outcome: Outcome
    reason: str = ""
    is_now: bool = False


def ask_for_dry_run(automation_id: uuid.UUID, *, actor: Actor) -> AutomationDryRun:
    """Have this version tried in the background. Raises NotFound, Forbidden."""
    if not policy.can_automate(actor):
        raise Forbidden(policy.AUTOMATES_EVERYBODY)
    rule = lock_rule(automation_id)
    mine = (AutomationDryRun.automation_id == rule.id, AutomationDryRun.made_by == actor.id)
    session.execute(delete(AutomationDryRun).where(*mine))
    run = AutomationDryRun(
        id=uuid.uuid4(), automation_id=rule.id, version=rule.version, made_by=actor.id, state=DryRunState.WAITING,
        asked_at=clock.now(),
    )  # fmt: skip
    session.add(run)
    session.flush()
    note_dry_run(rule, actor.id)
    jobs.enqueue(TryAutomation(str(run.id)))
    return run


def try_now(dry_run_id: uuid.UUID) -> None:
    """Compute a dry run that waits; one that waits no more, or whose rule is another by now, is left alone."""
    run = session.get(AutomationDryRun, dry_run_id, with_for_update=True, populate_existing=True)
    rule = session.get(Automation, run.automation_id, populate_existing=True) if run is not None else None
    if run is None or rule is None or run.state != DryRunState.WAITING or rule.version != run.version:
        return
    try:
        _compute(run, rule)
    except TooSlow:
        _fail(run, OffReason.TOO_SLOW)
    except Refused:
        _fail(run, OffReason.SEGMENT_BROKEN)
    except checks.Broken as problem:
        _fail(run, problem.reason)
    session.flush()


def forget_old(today: date) -> int:
    """Delete dry runs that are older than thirty days, with whom they looked at."""
    before = datetime.combine(today - timedelta(days=KEPT_DAYS), time.min, UTC)
    gone = delete(AutomationDryRun).where(AutomationDryRun.asked_at < before).returning(AutomationDryRun.id)
    return len(session.scalars(gone).all())


def _fail(run: AutomationDryRun, reason: OffReason) -> None:
    run.state, run.error, run.done_at = DryRunState.FAILED, reason, clock.now()


def _compute(run: AutomationDryRun, rule: Automation) -> None:
    actor = find_acting(run.made_by)
    if actor is None or not policy.can_automate(actor):
        raise checks.Broken(OffReason.ROLE_LOST)
    meant, segment = checks.read_rule(rule), checks.find_segment(rule, actor)
    today = clock.today()
    lines = _weigh(rule, meant, segment, today)
    _let_the_act_refuse(meant, lines)
    days = _replay(lines, rule.most_a_day, today)
    _mark_now(lines, rule, today)
    run.days = [{"day": day.isoformat(), "amount": amount} for day, amount in days]
    run.counts = {**Counter(line.outcome.value for line in lines), "now": sum(line.is_now for line in lines)}
    run.tree = None if segment is None else segment.tree
    run.state, run.done_at = DryRunState.DONE, clock.now()
    session.flush()
    _keep_some(run.id, lines)


def _weigh(rule: Automation, meant: checks.Meant, segment: Any, today: date) -> list[Weighed]:
    """Every occasion that was due in the last thirty days, as the statement answers it."""
    wait = timedelta(days=rule.wait_days)
    # A day more than is shown, for what a rule looks back at that is turned on today.
    first = today - timedelta(days=DAYS) - wait
    occasions = select_occasions(meant.trigger, meant.trigger_values, first, today - wait).subquery()
    so = None if meant.act.is_so is None else meant.act.is_so(meant.act_values)
    statement = select_weighed(occasions, checks.members_of(segment), so, most=MOST_LOOKED)
    with read_only(MOST_SECONDS) as connection:
        rows = connection.execute(statement).all()
    lines, known = [], set()
    for person, day, is_in, is_so in rows:
        outcome = Outcome.MET
        if not is_in:
            outcome = Outcome.CONDITION
        elif is_so or (meant.act.is_lasting and person in known):
            outcome = Outcome.ALREADY
        else:
            known.add(person)
        lines.append(Weighed(person, day, day + wait, outcome))
    return lines


def _let_the_act_refuse(meant: checks.Meant, lines: Iterable[Weighed]) -> None:
    """Whom the act itself would not meet today: a cool-down, no consent."""
    if meant.act.left_out is None:
        return
    for part in _parts([line for line in lines if line.outcome is Outcome.MET]):
        reasons = meant.act.left_out(meant.act_values, [line.person_id for line in part])
        for line in part:
            if line.person_id in reasons:
                line.outcome, line.reason = Outcome.REFUSED, reasons[line.person_id]


def _parts(lines: list[Weighed]) -> Iterator[list[Weighed]]:
    for at in range(0, len(lines), PART):
        yield lines[at : at + PART]


def _replay(lines: Iterable[Weighed], most_a_day: int, today: date) -> list[tuple[date, int]]:
    """How many it would have met on each day, with those who had to wait for the limit of the days after."""
    waiting = [line for line in lines if line.outcome is Outcome.MET]
    waiting.sort(key=lambda line: (line.due_on, line.person_id))
    days, at = [], 0
    for ago in range(DAYS - 1, -1, -1):
        day, met = today - timedelta(days=ago), 0
        while at < len(waiting) and waiting[at].due_on <= day and met < most_a_day:
            if waiting[at].due_on + timedelta(days=OPEN_DAYS) < day:
                waiting[at].outcome = Outcome.LIMIT
            else:
                met += 1
            at += 1
        days.append((day, met))
    for line in waiting[at:]:
        line.outcome = Outcome.LIMIT
    return days


def _mark_now(lines: Iterable[Weighed], rule: Automation, today: date) -> None:
    """Whom it would meet on its first day, turned on now."""
    first = today - timedelta(days=rule.back_days)
    wanted = (Outcome.MET, Outcome.LIMIT)
    now = [line for line in lines if line.outcome in wanted and line.occasion_on >= first]
    for line in sorted(now, key=lambda line: (line.due_on, line.person_id))[: rule.most_a_day]:
        line.is_now = True


def _keep_some(dry_run_id: uuid.UUID, lines: list[Weighed]) -> None:
    """A sample of each outcome, the newest first; who was erased meanwhile is left out."""
    kept: dict[Outcome, int] = {}
    rows: list[Mapping[str, Any]] = []
    for line in reversed(lines):
        kept[line.outcome] = kept.get(line.outcome, 0) + 1
        if kept[line.outcome] <= MOST_LINES or line.is_now:
            rows.append(
                {
                    "dry_run_id": dry_run_id, "person_id": line.person_id, "occasion_on": line.occasion_on,
                    "due_on": line.due_on, "outcome": line.outcome, "reason": line.reason, "is_now": line.is_now,
                }
            )  # fmt: skip
    people = {row["person_id"] for row in rows}
    there = set(session.scalars(select(Person.id).where(Person.id.in_(people)).with_for_update(key_share=True)))
    rows = [row for row in rows if row["person_id"] in there]
    if rows:
        session.execute(insert(AutomationDryLine), rows)
