"""A dry run: whom it would meet and who is left out, and nothing else in the database is touched."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.db import Base, session, transaction
from campaign.kernel.registry_automations import automation_acts
from campaign.people.models import AutomationDryLine, AutomationDryRun, DryRunState, OffReason, Outcome, PersonTag, Tag
from campaign.people.service.automations import dry_run
from tests.people.automations.made import draft, log_of, rule, run, tag, try_rule, turn_on
from tests.people.segments.made import add, lives, reader, segment, somebody
from workers.run_jobs import run_due_jobs

ITS_OWN = {"automation_dry_run", "automation_dry_line", "automation_step", "job"}


@pytest.fixture
def actor(app: object) -> Actor:
    return reader()


def contents() -> dict[str, list[Any]]:
    """Every row of every table but those in which a dry run writes down itself."""
    session.rollback()
    return {
        table.name: sorted(session.scalars(text(f"SELECT row_to_json(each)::text FROM {table.name} AS each")))  # noqa: S608
        for table in Base.metadata.sorted_tables
        if table.name not in ITS_OWN
    }


def lines_of(found: AutomationDryRun) -> Mapping[uuid.UUID, AutomationDryLine]:
    rows = session.scalars(select(AutomationDryLine).where(AutomationDryLine.dry_run_id == found.id))
    return {line.person_id: line for line in rows}


def carry(warm: Tag, *people: uuid.UUID) -> None:
    rows = [{"person_id": each, "tag_id": warm.id, "given_on": clock.today()} for each in people]
    with transaction():
        session.execute(insert(PersonTag), rows)


def test_it_changes_nothing(actor: Actor) -> None:
    warm = tag()
    somebody("DE"), somebody("FR"), somebody("DE", days_ago=3)
    made = rule(draft(warm, segment_id=segment(add(lives("DE")), actor=actor).id), actor)
    run_due_jobs()
    before = contents()
    found = try_rule(made, actor)
    assert (found.state, found.counts["met"], found.counts["now"]) == (DryRunState.DONE, 2, 2)
    assert contents() == before


def test_it_says_who_and_why_not(actor: Actor) -> None:
    warm, met, carries, elsewhere = tag(), somebody("DE", days_ago=2), somebody("DE"), somebody("FR")
    carry(warm, carries)
    made = rule(draft(warm, segment_id=segment(add(lives("DE")), actor=actor).id, back_days=0), actor)
    found = try_rule(made, actor)
    lines = lines_of(found)
    outcomes = {met: Outcome.MET, carries: Outcome.ALREADY, elsewhere: Outcome.CONDITION}
    assert {person: line.outcome for person, line in lines.items()} == outcomes
    assert {name: found.counts.get(name) for name in ("met", "already", "condition", "now")} == {
        "met": 1, "already": 1, "condition": 1, "now": 0,
    }  # fmt: skip
    assert (found.days[-3]["amount"], len(found.days), sum(each["amount"] for each in found.days)) == (1, 30, 1)


def test_it_carries_over_what_the_daily_limit_leaves_and_drops_what_waits_too_long(actor: Actor) -> None:
    for _each in range(20):
        somebody(days_ago=20)
    found = try_rule(rule(draft(tag(), most_a_day=1), actor), actor)
    assert (found.counts["met"], found.counts["limit"]) == (15, 5)
    assert [each["amount"] for each in found.days[9:24]] == [1] * 15
    assert found.counts["now"] == 1


def test_whom_the_act_would_not_meet_now_stands_there_with_the_reason(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = somebody()

    def not_now(_values: Mapping[str, Any], people: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
        return dict.fromkeys(people, "Was asked a moment ago.")

    act = replace(automation_acts["give-tag"], left_out=not_now)
    monkeypatch.setitem(automation_acts._items, "give-tag", act)
    made = rule(draft(tag()), actor)
    line = lines_of(try_rule(made, actor))[person]
    assert (line.outcome, line.reason) == (Outcome.REFUSED, "Was asked a moment ago.")
    turn_on(made, actor)
    run(made, round_=1)
    assert log_of(made) == []


def test_what_it_says_of_now_is_what_happens_when_it_is_turned_on(actor: Actor) -> None:
    warm, people = tag(), [somebody(days_ago=ago) for ago in (30, 21, 2, 0)]
    made = rule(draft(warm, most_a_day=3), actor)
    said = {person for person, line in lines_of(try_rule(made, actor)).items() if line.is_now}
    turn_on(made, actor)
    run(made, round_=1)
    assert {line.person_id for line in log_of(made)} == said == set(people[:3])


def test_a_segment_that_cannot_be_asked_is_said(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    made = rule(draft(tag(), segment_id=segment(actor=actor).id), actor)
    found = try_rule(made, actor)
    assert (found.state, found.error) == (DryRunState.FAILED, OffReason.SEGMENT_BROKEN)
    monkeypatch.setattr(dry_run, "MOST_SECONDS", 0.001)
    monkeypatch.setattr(dry_run, "select_weighed", lambda *_args, **_more: text("SELECT pg_sleep(1)"))
    found = try_rule(rule(draft(tag()), actor), actor)
    assert (found.state, found.error) == (DryRunState.FAILED, OffReason.TOO_SLOW)


def test_it_is_forgotten_after_thirty_days(actor: Actor) -> None:
    somebody()
    try_rule(rule(draft(tag()), actor), actor)
    with transaction():
        assert dry_run.forget_old(clock.today()) == 0
    with transaction():
        assert dry_run.forget_old(clock.today().replace(year=clock.today().year + 1)) == 1
    assert session.scalar(select(AutomationDryLine.id)) is None
