"""Running a rule: in pieces, each in one transaction with its lines of the log, so that nothing is done twice."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import TooSlow, read_only, session
from campaign.kernel.errors import DomainError
from campaign.kernel.registry_automations import AutomationAct, Order
from campaign.people.jobs import RunAutomation
from campaign.people.models import Automation, AutomationDeed, AutomationState, DeedState, OffReason, Person, Segment
from campaign.people.queries.automations import Due, count_acted, select_due, select_occasions
from campaign.people.queries.segment_tree import Refused
from campaign.people.service.automations import checks
from campaign.people.service.automations.dry_run import OPEN_DAYS
from campaign.people.service.automations.using import ask_for_round, turn_off_because

PIECE, MOST_SECONDS, MOST_ATTEMPTS, LONGEST_REASON = 100, 20, 3, 300
LOST = (OperationalError, InterfaceError)
"""The connection is gone, and with it the whole piece: it is done again."""


def start_round() -> int:
    """Ask for one run of every rule that is on; gives how many."""
    rules = session.scalars(select(Automation.id).where(Automation.state == AutomationState.ON).order_by(Automation.id))
    every = list(rules)
    ask_for_round(*every)
    return len(every)


def run_some(automation_id: uuid.UUID, round_: int, after: str) -> None:
    """Meet the next piece of people, and ask for the piece after it. A rule that cannot run goes off and says why."""
    seen = session.get(Automation, automation_id, populate_existing=True)
    if seen is None or seen.state != AutomationState.ON:
        return
    version, problem, found = seen.version, None, None
    try:
        found = _look(seen, round_, _read(after))
    except TooSlow:
        problem = OffReason.TOO_SLOW
    except Refused:
        problem = OffReason.SEGMENT_BROKEN
    except checks.Broken as broken:
        problem = broken.reason
    # Looked for before the lock, so that whoever turns it off need not wait for the statement.
    rule = session.get(Automation, automation_id, with_for_update=True, populate_existing=True)
    if rule is None or rule.state != AutomationState.ON or rule.version != version:
        return
    if found is None:
        turn_off_because(rule, problem or OffReason.SEGMENT_BROKEN, None)
        return
    _meet(rule, found, round_, is_first=not after)


@dataclass(frozen=True, slots=True)
class _Found:
    meant: checks.Meant
    due: Sequence[Due]
    left_out: Collection[uuid.UUID]
    is_last: bool


def _look(rule: Automation, round_: int, after: Due | None) -> _Found:
    """Whose turn it is. Raises Broken, Refused, TooSlow."""
    actor, meant = checks.find_runner(rule), checks.read_rule(rule)
    segment: Segment | None = checks.find_segment(rule, actor)
    checks.check_unchanged(rule, segment)
    first, last = _span(rule, clock.today())
    occasions = select_occasions(meant.trigger, meant.trigger_values, first, last).subquery()
    members = checks.members_of(segment)
    statement = select_due(rule.id, occasions, members, round_=round_, after=after, most=PIECE)
    with read_only(MOST_SECONDS) as connection:
        due = [Due(day, person) for day, person in connection.execute(statement)]
    people = [each.person_id for each in due]
    left_out = meant.act.left_out(meant.act_values, people) if meant.act.left_out is not None and people else {}
    return _Found(meant, due, frozenset(left_out), len(due) < PIECE)


def _span(rule: Automation, today: date) -> tuple[date, date]:
    """The days whose occasions are open: from when it was turned on, due by now, and not due and on for too long."""
    last, on_since = today - timedelta(days=rule.wait_days), rule.on_since or today
    since, lapsed = on_since - timedelta(days=rule.back_days), last - timedelta(days=OPEN_DAYS)
    return since if today <= on_since + timedelta(days=OPEN_DAYS) else max(since, lapsed), last


def _meet(rule: Automation, found: _Found, round_: int, *, is_first: bool) -> None:
    room = rule.most_a_day - count_acted(rule.id, clock.today())
    done = 0
    if is_first and room > 0:
        done = _retry(rule, found.meant, round_, room)
        room -= done
    able = [each for each in found.due if each.person_id not in found.left_out]
    chosen = able[: max(room, 0)]
    done += _act(rule, found.meant, chosen, round_)
    session.execute(update(Automation).where(Automation.id == rule.id).values(last_run_at=clock.now()))
    if done:
        audit.record("automation.run", actor=rule.on_by, about=f"automation:{rule.id}", amount=done)
    is_cut = len(chosen) < len(able)
    if found.due and room > 0 and (is_cut or not found.is_last):
        seen = chosen[-1] if is_cut else found.due[-1]
        jobs.enqueue(RunAutomation(str(rule.id), round_, _write(seen)))


def _act(rule: Automation, meant: checks.Meant, due: Sequence[Due], round_: int) -> int:
    """Do it to these people, each with a line of the log; gives to how many."""
    there = _lock([each.person_id for each in due])
    rows = [
        {
            "automation_id": rule.id, "person_id": each.person_id, "occasion_on": each.occasion_on,
            "version": rule.version, "act": rule.act, "act_values": rule.act_values, "state": DeedState.UNCHANGED,
            "attempts": 1, "reason": "", "round": round_, "acted_on": clock.today(),
        }
        for each in due if each.person_id in there
    ]  # fmt: skip
    if not rows:
        return 0
    # Whoever has a line already was met before, by a run that was killed after it had committed or one beside this.
    made = insert(AutomationDeed).values(rows).on_conflict_do_nothing().returning(AutomationDeed)
    deeds = {deed.person_id: deed for deed in session.scalars(made)}
    return _do(rule, meant.act, meant.act_values, deeds)


def _retry(rule: Automation, meant: checks.Meant, round_: int, room: int) -> int:
    """Try what failed once more, three times in all; gives how often that went well."""
    failed = (
        AutomationDeed.automation_id == rule.id, AutomationDeed.state == DeedState.FAILED,
        AutomationDeed.attempts < MOST_ATTEMPTS, AutomationDeed.round != round_,
        AutomationDeed.version == rule.version,
    )  # fmt: skip
    statement = select(AutomationDeed).where(*failed).order_by(AutomationDeed.id).limit(min(PIECE, room))
    tried: dict[uuid.UUID, AutomationDeed] = {}
    for deed in session.scalars(statement.with_for_update()):
        tried.setdefault(deed.person_id, deed)
    there = _lock(list(tried))
    for deed in tried.values():
        deed.attempts, deed.round = deed.attempts + 1, round_
    return _do(rule, meant.act, meant.act_values, {person: tried[person] for person in there})


def _do(
    rule: Automation, act: AutomationAct, values: Mapping[str, Any], deeds: Mapping[uuid.UUID, AutomationDeed]
) -> int:  # fmt: skip
    if not deeds:
        return 0
    order = Order(rule.on_by or uuid.UUID(int=0), rule.id)
    outcome = _apply(act, values, list(deeds), order)
    for person, deed in deeds.items():
        if person in outcome.failed:
            deed.state, deed.reason = DeedState.FAILED, outcome.failed[person][:LONGEST_REASON]
        elif person in outcome.memory:
            deed.state, deed.memory, deed.reason = DeedState.DONE, outcome.memory[person], ""
            deed.acted_on = clock.today()
        else:
            deed.state, deed.reason = DeedState.UNCHANGED, ""
    session.flush()
    return len(outcome.memory)


@dataclass(slots=True)
class _Outcome:
    memory: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    failed: dict[uuid.UUID, str] = field(default_factory=dict)


def _apply(act: AutomationAct, values: Mapping[str, Any], people: Sequence[uuid.UUID], order: Order) -> _Outcome:
    """To all at once; where that fails, to each by themselves, so that one does not take the others along."""
    try:
        with session.begin_nested():
            return _Outcome(dict(act.apply(values, people, order)))
    except LOST:
        raise
    except Exception as problem:
        if len(people) == 1:
            return _Outcome(failed={people[0]: _reason_of(problem)})
    whole = _Outcome()
    for person in people:
        one = _apply(act, values, [person], order)
        whole.memory |= one.memory
        whole.failed |= one.failed
    return whole


def _reason_of(problem: Exception) -> str:
    """What a refusal says; of anything else its kind alone, since its message may quote data."""
    return problem.message if isinstance(problem, DomainError) and problem.message else type(problem).__name__


def _lock(people: Sequence[uuid.UUID]) -> Collection[uuid.UUID]:
    """Those of them who are still there, and stay until the end of this piece."""
    if not people:
        return ()
    there = select(Person.id).where(Person.id.in_(people)).order_by(Person.id)
    return set(session.scalars(there.with_for_update(key_share=True)))


def _read(after: str) -> Due | None:
    day, _space, person = after.partition(" ")
    return Due(date.fromisoformat(day), uuid.UUID(person)) if after else None


def _write(due: Due) -> str:
    return f"{due.occasion_on.isoformat()} {due.person_id}"
