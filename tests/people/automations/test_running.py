"""What a rule does: once for each occasion, within its limits, with somebody's rights, and never half."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from campaign.accounts.models import RoleGrant
from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor, Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.registry_automations import automation_acts
from campaign.kernel.registry_people import segment_conditions
from campaign.people.models import Automation, AutomationDeed, DeedState, OffReason, PersonTag, Segment, Tag
from campaign.people.queries.segment_tree import StepKind
from campaign.people.service.automations import acts, log, rules
from campaign.people.service.automations import run as running
from campaign.people.service.automations.rules import BadRule, RuleDraft
from campaign.people.service.segments import edit
from tests.people.automations.made import (
    carriers,
    draft,
    log_of,
    rule,
    run,
    stands,
    tag,
    try_rule,
    turn_on,
    turned_on,
)
from tests.people.segments.made import add, lives, reader, segment, somebody
from tests.support import pens
from workers.lines.people import run_automations
from workers.run_jobs import run_due_jobs


@pytest.fixture
def actor(app: object) -> Actor:
    return reader()


def test_whom_it_meets_once_it_never_meets_again_for_the_same_occasion(actor: Actor) -> None:
    warm, people = tag(), {somebody(), somebody(days_ago=20)}
    somebody(days_ago=40)
    made = turned_on(draft(warm), actor)
    assert run_automations() == 1
    run_due_jobs()
    assert carriers(warm) == people
    lines = log_of(made)
    assert {(line.person_id, line.state, line.act) for line in lines} == {
        (each, DeedState.DONE, "give-tag") for each in people
    }
    with transaction():
        session.execute(delete(PersonTag))
    assert run_automations() == 1
    run_due_jobs()
    assert (carriers(warm), len(log_of(made))) == (set(), 2)
    assert stands(made).last_run_at is not None


def test_it_waits_and_looks_back_only_so_far(actor: Actor) -> None:
    warm, early, late, old = tag(), somebody(days_ago=5), somebody(days_ago=2), somebody(days_ago=9)
    made = turned_on(draft(warm, wait_days=3, back_days=6), actor)
    run(made, round_=1)
    assert carriers(warm) == {early}
    with time_machine.travel(clock.now() + timedelta(days=1)):
        run(made, round_=2)
    assert carriers(warm) == {early, late}
    assert old not in carriers(warm)


def test_an_occasion_lapses_two_weeks_after_it_was_due(actor: Actor) -> None:
    """Or two weeks after the rule was turned on, for what happened before."""
    warm, early, late = tag(), somebody(days_ago=20), somebody()
    made = turned_on(draft(warm, most_a_day=1), actor)
    with time_machine.travel(clock.now() + timedelta(days=14)):
        run(made, round_=1)
    assert carriers(warm) == {early}
    with time_machine.travel(clock.now() + timedelta(days=15)):
        run(made, round_=2)
    assert late not in carriers(warm)


def test_the_daily_limit_goes_to_the_longest_waiting_and_the_rest_comes_the_next_day(actor: Actor) -> None:
    warm, people = tag(), [somebody(days_ago=ago) for ago in (4, 3, 2, 1)]
    made = turned_on(draft(warm, most_a_day=3), actor)
    run(made, round_=1)
    run(made, round_=2)
    assert carriers(warm) == set(people[:3])
    with time_machine.travel(clock.now() + timedelta(days=1)):
        run(made, round_=3)
    assert carriers(warm) == set(people)


def test_a_long_list_is_met_piece_by_piece(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of whom it is so already count neither in the limit nor for the place of the next piece."""
    monkeypatch.setattr(running, "PIECE", 2)
    warm, people = tag(), [somebody(days_ago=ago) for ago in (9, 8, 7, 6, 5, 4, 3)]
    with transaction():
        session.execute(
            insert(PersonTag),
            [{"person_id": each, "tag_id": warm.id, "given_on": clock.today()} for each in people[:3]],
        )
    made = turned_on(draft(warm, most_a_day=3), actor)
    run(made, round_=1)
    states = [line.state for line in log_of(made)]
    assert states == [*[DeedState.UNCHANGED] * 3, *[DeedState.DONE] * 3]
    assert carriers(warm) == set(people[:6])


def test_only_whoever_is_in_the_segment_on_their_day(actor: Actor) -> None:
    warm, german, french = tag(), somebody("DE"), somebody("FR")
    those = segment(add(lives("DE")), actor=actor)
    made = turned_on(draft(warm, segment_id=those.id), actor)
    run(made, round_=1)
    assert carriers(warm) == {german}
    with transaction():
        session.execute(text("UPDATE person SET country = 'DE' WHERE id = :id"), {"id": french})
    run(made, round_=2)
    assert carriers(warm) == {german, french}


def test_no_rule_starts_another_within_one_round(actor: Actor) -> None:
    first, second, person = tag("first"), tag("second"), somebody()
    one = turned_on(draft(first), actor)
    two = turned_on(draft(second, trigger="tagged", trigger_values={"tag": str(first.id)}), actor)
    run(one, two, round_=1)
    assert (carriers(first), carriers(second)) == ({person}, set())
    run(one, two, round_=2)
    assert carriers(second) == {person}


def test_it_goes_off_when_whoever_turned_it_on_loses_the_role(actor: Actor) -> None:
    warm = tag()
    made = turned_on(draft(warm), actor)
    somebody()
    with transaction():
        session.execute(update(RoleGrant).where(RoleGrant.account_id == actor.id).values(revoked_on=clock.today()))
    run(made, round_=1)
    off = stands(made)
    assert (off.state, off.off_reason, off.off_by, carriers(warm)) == ("off", OffReason.ROLE_LOST, None, set())


def test_it_goes_off_when_its_segment_is_changed_or_put_away(actor: Actor) -> None:
    warm, those = tag(), segment(add(lives("DE")), actor=actor)
    made = turned_on(draft(warm, segment_id=those.id), actor)
    somebody("DE")
    with transaction():
        edit.add_step(
            those.id, StepKind.ADD, ("country", {"country": "FR"}, False), seen_version=those.version, actor=actor
        )
    run(made, round_=1)
    assert (stands(made).off_reason, carriers(warm)) == (OffReason.SEGMENT_CHANGED, set())
    with pytest.raises(Conflict), transaction():
        rules.turn_on(made, seen_version=1, actor=actor)
    turn_on(made, actor)
    with pytest.raises(edit.InUse), transaction():
        edit.put_away(those.id, actor=actor)
    assert stands(made).state == "on"
    with transaction():
        edit.put_away(those.id, seen_rules=1, actor=actor)
    assert (stands(made).off_reason, stands(made).off_by) == (OffReason.SEGMENT_GONE, None)


def test_it_goes_off_when_its_segment_is_gone_or_cannot_be_read(actor: Actor) -> None:
    warm, those = tag(), segment(add(lives("DE")), actor=actor)
    made = turned_on(draft(warm, segment_id=those.id), actor)
    somebody("DE")
    with transaction():
        broken = {"version": 1, "steps": [{"kind": "add", "match": "all", "conditions": []}]}
        session.execute(update(Segment).values(tree=broken))
        session.execute(update(Automation).values(tree=broken))
    run(made, round_=1)
    assert stands(made).off_reason == OffReason.SEGMENT_BROKEN
    with transaction():
        session.execute(update(Automation).values(state="on"))
        session.execute(delete(Segment))
    run(made, round_=2)
    assert (stands(made).off_reason, carriers(warm)) == (OffReason.SEGMENT_GONE, set())


def test_it_goes_off_when_finding_people_takes_too_long(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    warm = tag()
    made = turned_on(draft(warm), actor)
    somebody()
    monkeypatch.setattr(running, "MOST_SECONDS", 0.001)
    trigger = "SELECT pg_sleep(1)"
    monkeypatch.setattr(running, "select_due", lambda *_args, **_more: text(trigger))
    run(made, round_=1)
    assert (stands(made).off_reason, log_of(made)) == (OffReason.TOO_SLOW, [])


def test_it_goes_off_when_its_tag_is_deleted(actor: Actor) -> None:
    warm = tag()
    made = turned_on(draft(warm), actor)
    somebody()
    with transaction():
        session.execute(delete(Tag).where(Tag.id == warm.id))
    run(made, round_=1)
    assert (stands(made).off_reason, log_of(made)) == (OffReason.ACT_GONE, [])


def test_one_who_fails_takes_nobody_along_and_is_tried_three_times(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm, fine, odd = tag(), somebody(), somebody()
    act = automation_acts["give-tag"]

    def give(values, people, by):
        if odd in people:
            raise acts.TagGone("The tag is gone.")
        return acts.give_tag(values, people, by)

    monkeypatch.setitem(
        automation_acts._items, "give-tag", type(act)(act.name, act.label, act.fields, act.describe, act.describe_done,
                                                    give, act.undo, act.is_so)
    )  # fmt: skip
    made = turned_on(draft(warm), actor)
    for round_ in range(1, 6):
        run(made, round_=round_)
    lines = {line.person_id: line for line in log_of(made)}
    assert (lines[fine].state, lines[fine].attempts) == (DeedState.DONE, 1)
    assert (lines[odd].state, lines[odd].attempts, lines[odd].reason) == (DeedState.FAILED, 3, "The tag is gone.")


def test_off_is_off_at_once_and_only_who_tried_this_version_turns_it_on(actor: Actor) -> None:
    warm, other = tag(), reader()
    made = rule(draft(warm), actor)
    with pytest.raises(Conflict), transaction():
        rules.turn_on(made, seen_version=1, actor=actor)
    try_rule(made, actor)
    with pytest.raises(Conflict), transaction():
        rules.turn_on(made, seen_version=1, actor=other)
    with transaction():
        rules.edit_rule(made, draft(warm, wait_days=1), seen_version=1, actor=actor)
    with pytest.raises(Conflict), transaction():
        rules.turn_on(made, seen_version=2, actor=actor)
    turn_on(made, actor)
    somebody(days_ago=2)
    run_automations()
    with transaction():
        assert rules.turn_off(made, actor=other)
    run_due_jobs()
    assert (carriers(warm), stands(made).off_by) == (set(), other.id)


def test_it_looks_at_once_when_it_is_turned_on(actor: Actor) -> None:
    warm, person = tag(), somebody()
    made = rule(draft(warm), actor)
    try_rule(made, actor)
    with transaction():
        rules.turn_on(made, seen_version=1, actor=actor)
    run_due_jobs()
    assert carriers(warm) == {person}


def test_changing_a_rule_that_is_on_turns_it_off(actor: Actor) -> None:
    warm = tag()
    made = turned_on(draft(warm), actor)
    with transaction():
        rules.edit_rule(made, draft(warm, most_a_day=7), seen_version=1, actor=actor)
    assert (stands(made).state, stands(made).off_reason, stands(made).version) == ("off", OffReason.EDITED, 2)


def test_rules_that_contradict_or_start_themselves_are_refused(actor: Actor) -> None:
    warm = tag()
    with pytest.raises(BadRule), transaction():
        rules.make_rule(draft(warm, trigger="tagged", trigger_values={"tag": str(warm.id)}), actor=actor)
    turned_on(draft(warm), actor)
    against = rule(draft(warm, act="take-tag"), actor)
    try_rule(against, actor)
    with pytest.raises(Conflict, match="opposite"), transaction():
        rules.turn_on(against, seen_version=1, actor=actor)


def test_a_role_for_some_groups_has_no_automations(app: object) -> None:
    wanted, narrowed = draft(tag()), reader(Role.COORDINATOR, group=pens.group().id)
    with pytest.raises(Forbidden), transaction():
        rules.make_rule(wanted, actor=narrowed)


def test_a_line_and_a_day_are_taken_back_as_far_as_nobody_has_changed_it_since(actor: Actor) -> None:
    warm, people = tag(), [somebody() for _each in range(3)]
    made = turned_on(draft(warm), actor)
    run(made, round_=1)
    lines = log_of(made)
    with transaction():
        log.undo_deed(made, lines[0].id, actor=actor)
    assert carriers(warm) == {line.person_id for line in lines[1:]}
    with transaction():
        session.execute(delete(PersonTag).where(PersonTag.person_id == lines[1].person_id))
    with pytest.raises(Conflict), transaction():
        log.undo_deed(made, lines[1].id, actor=actor)
    with pytest.raises(Conflict), transaction():
        log.undo_day(made, clock.today(), seen=3, actor=actor)
    with transaction():
        assert log.undo_day(made, clock.today(), seen=2, actor=actor) == 1
    run(made, round_=2)
    assert (carriers(warm), len(people)) == (set(), 3)
    assert [line.state for line in log_of(made)] == [DeedState.UNDONE, DeedState.DONE, DeedState.UNDONE]


def test_the_log_is_forgotten_after_180_days_and_the_deleted_rule_with_it(actor: Actor) -> None:
    made = turned_on(draft(tag()), actor)
    somebody()
    run(made, round_=1)
    with transaction():
        rules.delete_rule(made, actor=actor)
    with transaction():
        assert log.forget_old(clock.today() + timedelta(days=180)) == 0
    with transaction():
        assert log.forget_old(clock.today() + timedelta(days=181)) == 1
    assert session.scalar(select(Automation.id)) is None
    assert (log_of(made), session.scalar(select(AutomationDeed.id))) == ([], None)


def test_a_quiet_person_is_met_once_a_silence(actor: Actor) -> None:
    warm, quiet = tag(), somebody(days_ago=60)
    somebody(days_ago=10)
    made = turned_on(
        RuleDraft("Silence", "silent", "give-tag", {"days": "60"}, {"tag": str(warm.id)}), actor
    )  # fmt: skip
    run(made, round_=1)
    assert carriers(warm) == {quiet}


def test_runs_stand_in_the_audit_with_their_number(actor: Actor) -> None:
    made = turned_on(draft(tag()), actor)
    somebody(), somebody()
    run(made, round_=1)
    entries = session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "automation.run")).all()
    assert [(each.actor, each.amount) for each in entries] == [(actor.id, 2)]


def test_what_it_did_is_a_condition_of_segments(actor: Actor) -> None:
    met, other = somebody("DE"), somebody("FR")
    made = turned_on(draft(tag(), segment_id=segment(add(lives("DE")), actor=actor).id), actor)
    run(made, round_=1)
    found = segment_conditions["automation"].select({"rule": str(made), "days": None})
    assert set(session.scalars(found)) == {met}
    assert other not in set(session.scalars(found))
