"""Groups: who belongs to them, whose turn it is, and that nobody is dropped."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaign.kernel import alarms, clock
from campaign.kernel.alarms import AlarmKind
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden, NotFound
from campaign.penpals.models import (
    Assignment,
    AssignmentState,
    AttentionEntry,
    Group,
    GroupKind,
    GroupMember,
    GroupState,
    GroupTurn,
    MemberRole,
    TurnState,
)
from campaign.penpals.queries.groups import count_prisoners
from campaign.penpals.queries.members import list_invitations, list_members
from campaign.penpals.queries.rota import list_lines
from campaign.penpals.queries.threads import messages
from campaign.penpals.service import assignments, groups, invitations, members, rota, threads
from campaign.people.models import Volunteer, VolunteerState
from tests.support import make, pens

ACTOR = uuid.uuid4()


def join(group: Group, role: MemberRole = MemberRole.WRITER, who: Volunteer | None = None) -> GroupMember:
    volunteer = who or pens.writer()
    with transaction():
        return members.add_member(group.id, volunteer.id, role, actor=ACTOR)


def give(group: Group, place=None) -> uuid.UUID:
    """Somebody to write to, given to the group, with a turn."""
    person = pens.addressee(place)
    with transaction():
        assignments.give_to_group(person.id, group.id, actor=ACTOR)
        rota.settle_group(groups.lock_group(group.id))
    return person.id


def turns(group: Group, state: TurnState = TurnState.SCHEDULED) -> list[GroupTurn]:
    statement = select(GroupTurn).join(Assignment, Assignment.id == GroupTurn.assignment_id)
    statement = statement.where(Assignment.group_id == group.id, GroupTurn.state == state)
    statement = statement.order_by(GroupTurn.due_on, GroupTurn.id).execution_options(populate_existing=True)
    return list(session.scalars(statement))


def fresh(group: Group) -> Group:
    stored = session.get(Group, group.id, populate_existing=True)
    assert stored is not None
    return stored


def holder(group: Group) -> uuid.UUID:
    (turn,) = turns(group)
    return turn.volunteer_id


def write(group: Group, on: date | None = None) -> None:
    (turn,) = turns(group)
    with transaction():
        rota.report_written(group.id, turn.id, turn.volunteer_id, on or clock.today())


def short_of_leads() -> set[str]:
    return {each.about for each in alarms.list_alarms() if each.kind == AlarmKind.GROUP_LEADS}


def draft(**changes):
    values = {"kind": GroupKind.PENPAL, "names": {"en": "Sparrows"}, "capacity": 3, "turn_days": 14}
    return groups.GroupDraft(**{**values, **changes})


def test_a_new_group_has_an_address_of_its_own_and_an_alarm_until_two_lead_it(app):
    with transaction():
        first = groups.create_group(draft(), actor=ACTOR)
        second = groups.create_group(draft(), actor=ACTOR)
    assert first.slug == "sparrows"
    assert second.slug.startswith("sparrows-")
    assert short_of_leads() == {f"group:{first.id}", f"group:{second.id}"}
    join(first, MemberRole.LEAD)
    assert f"group:{first.id}" in short_of_leads()
    lead = join(first, MemberRole.LEAD)
    assert short_of_leads() == {f"group:{second.id}"}
    with transaction():
        members.remove_member(first.id, lead.id, actor=ACTOR)
    assert f"group:{first.id}" in short_of_leads()


def test_a_group_that_somebody_else_changed_is_not_overwritten(app):
    with transaction():
        group = groups.create_group(draft(), actor=ACTOR)
    with transaction():
        groups.edit_group(group.id, draft(names={"en": "Swifts"}), seen_version=1, actor=ACTOR)
    with pytest.raises(Conflict), transaction():
        groups.edit_group(group.id, draft(names={"en": "Crows"}), seen_version=1, actor=ACTOR)
    assert session.get(Group, group.id).names == {"en": "Swifts"}


def test_nobody_belongs_to_a_group_twice_or_before_their_application_was_accepted(app):
    group, member = pens.group(), pens.writer()
    join(group, who=member)
    with pytest.raises(members.AlreadyMember):
        join(group, who=member)
    for state in (VolunteerState.APPLIED, VolunteerState.SCREENING, VolunteerState.INACTIVE):
        with pytest.raises(members.CannotJoin):
            join(group, who=pens.writer(state))


def test_the_last_lead_hands_over_before_leaving(app):
    group, volunteer = pens.group(), pens.writer()
    lead, other = join(group, MemberRole.LEAD, volunteer), join(group)
    with pytest.raises(members.LastLead), transaction():
        members.leave_group(group.id, volunteer.id, actor=ACTOR)
    with pytest.raises(members.LastLead), transaction():
        members.change_role(group.id, lead.id, MemberRole.OBSERVER, actor=ACTOR)
    with transaction():
        members.change_role(group.id, other.id, MemberRole.LEAD, actor=ACTOR)
        members.leave_group(group.id, volunteer.id, actor=ACTOR)
    assert [each.role for each in list_members(group.id)] == [MemberRole.LEAD]
    with transaction():
        assert members.leave_every_group(other.volunteer_id, actor=ACTOR) == 1
    assert list_members(group.id) == []


def test_an_invitation_lets_one_in_within_three_days(app, monkeypatch):
    group = pens.group()
    with transaction():
        token = invitations.invite(group.id, MemberRole.MODERATOR, actor=ACTOR)
        other = invitations.invite(group.id, MemberRole.WRITER, actor=ACTOR)
        old = invitations.invite(group.id, MemberRole.WRITER, actor=ACTOR)
    assert len(list_invitations(group.id)) == 3
    first, second = pens.writer(), pens.writer()
    with transaction():
        invitations.accept_invitation(token, first.id, actor=ACTOR)
    assert [each.role for each in list_members(group.id)] == [MemberRole.MODERATOR]
    with pytest.raises(invitations.InvitationOver), transaction():
        invitations.accept_invitation(token, second.id, actor=ACTOR)
    with transaction():
        invitations.revoke_invitation(group.id, invitations.find_invitation(other)[0].id, actor=ACTOR)
    with pytest.raises(invitations.InvitationOver):
        invitations.find_invitation(other)
    later = clock.now() + timedelta(hours=72, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(invitations.InvitationOver):
        invitations.find_invitation(old)
    with transaction():
        assert invitations.forget_old(clock.today() + timedelta(days=40)) == 3


def test_turns_go_to_whoever_wrote_longest_ago(app):
    group = pens.group(turn_days=30)
    three = [join(group) for _each in range(3)]
    give(group)
    order = []
    for _each in range(6):
        order.append(holder(group))
        write(group)
    assert set(order[:3]) == {each.volunteer_id for each in three}
    assert order[:3] == order[3:]
    (turn,) = turns(group)
    assert turn.due_on == clock.today() + timedelta(days=30)


def test_people_given_at_once_are_shared_out(app):
    group, place = pens.group(capacity=6), make.facility()
    for _each in range(3):
        join(group)
    for _each in range(6):
        give(group, place)
    given = [turn.volunteer_id for turn in turns(group)]
    assert sorted(given.count(each) for each in set(given)) == [2, 2, 2]


def test_a_skipped_turn_goes_on_with_time_enough_and_comes_back_last(app):
    group = pens.group()
    for _each in range(3):
        join(group)
    give(group)
    seen = []
    for _each in range(3):
        (turn,) = turns(group)
        seen.append(turn.volunteer_id)
        with transaction():
            assert rota.skip_turn(group.id, turn.id, turn.volunteer_id)
    assert len(set(seen)) == 3
    (turn,) = turns(group)
    assert turn.volunteer_id in seen
    assert turn.due_on >= clock.today() + timedelta(days=rota.GRACE_DAYS)


def test_a_skipped_turn_of_the_only_writer_stays(app):
    group = pens.group()
    join(group)
    join(group, MemberRole.OBSERVER)
    give(group)
    (turn,) = turns(group)
    with transaction():
        assert not rota.skip_turn(group.id, turn.id, turn.volunteer_id)
    assert len(turns(group)) == 1


def test_a_letter_counts_once_and_for_the_day_it_went_out(app):
    group = pens.group()
    join(group)
    prisoner = give(group)
    (turn,) = turns(group)
    day = clock.today() - timedelta(days=3)
    write(group, day)
    with pytest.raises(rota.TurnOver), transaction():
        rota.report_written(group.id, turn.id, turn.volunteer_id, day)
    (entry,) = session.scalars(select(AttentionEntry).where(AttentionEntry.prisoner_id == prisoner))
    assert (entry.source, entry.counted, entry.counted_on) == ("letter", "reported", day)
    held = session.scalar(select(Assignment).where(Assignment.group_id == group.id))
    assert held.last_letter_on == day
    for wrong in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=90)):
        with pytest.raises(rota.BadDay):
            write(group, wrong)


def test_another_ones_turn_is_taken_over_first(app):
    group = pens.group()
    join(group)
    give(group)
    other, observer = join(group), join(group, MemberRole.OBSERVER)
    (turn,) = turns(group)
    for act in (rota.skip_turn, lambda *given: rota.report_written(*given, clock.today())):
        with pytest.raises(Forbidden), transaction():
            act(group.id, turn.id, other.volunteer_id)
    with pytest.raises(NotFound), transaction():
        rota.give_turn(group.id, turn.id, observer.volunteer_id, actor=ACTOR)
    with transaction():
        rota.give_turn(group.id, turn.id, other.volunteer_id, actor=ACTOR)
    assert holder(group) == other.volunteer_id
    with pytest.raises(rota.TurnOver), transaction():
        rota.give_turn(group.id, turn.id, other.volunteer_id, actor=ACTOR)


def test_whoever_was_given_somebody_writes_to_them_before_the_others(app):
    group = pens.group()
    join(group)
    prisoner = give(group)
    own = own_writer(group, prisoner)
    write(group)
    assert holder(group) == own.id
    write(group)
    assert holder(group) == own.id
    with transaction():
        members.leave_group(group.id, own.id, actor=own.account_id)
    assert holder(group) != own.id
    left = session.scalar(
        select(Assignment).where(Assignment.volunteer_id == own.id).execution_options(populate_existing=True)
    )
    assert (left.state, left.end_reason) == ("ended", "writer_left")


def own_writer(group: Group, prisoner: uuid.UUID) -> Volunteer:
    """A member who was given one of the group's people and has said yes."""
    volunteer = pens.writer()
    join(group, who=volunteer)
    with transaction():
        session.add(
            Assignment(
                id=uuid.uuid4(), prisoner_id=prisoner, volunteer_id=volunteer.id, group_id=group.id, promise_days=30,
                state=AssignmentState.ACTIVE, created_on=clock.today(),
            )
        )  # fmt: skip
    return volunteer


def skip(group: Group) -> bool:
    (turn,) = turns(group)
    with transaction():
        return rota.skip_turn(group.id, turn.id, turn.volunteer_id)


def test_the_only_one_who_was_given_somebody_can_pass_the_turn_on(app):
    group = pens.group()
    first, second = join(group), join(group)
    prisoner = give(group)
    own = own_writer(group, prisoner)
    write(group, clock.today() - timedelta(days=2))
    assert holder(group) == own.id
    assert skip(group)
    others = [holder(group)]
    assert skip(group)
    others.append(holder(group))
    assert sorted(others) == sorted([first.volunteer_id, second.volunteer_id])
    (line,) = list_lines(group.id, "en")
    assert not line.has_come_back
    assert skip(group)
    (line,) = list_lines(group.id, "en")
    assert line.has_come_back
    for each in (first.volunteer_id, own.id):
        with transaction():
            rota.give_turn(group.id, turns(group)[0].id, each, actor=ACTOR)
    assert not list_lines(group.id, "en")[0].has_come_back


def test_whoever_was_given_somebody_is_first_again_after_the_next_letter(app):
    group = pens.group()
    join(group)
    own = own_writer(group, give(group))
    with time_machine.travel(clock.now() - timedelta(days=9)):
        write(group)
        assert holder(group) == own.id
        assert skip(group)
        assert holder(group) != own.id
    write(group)
    assert holder(group) == own.id


def test_a_turn_passed_on_goes_past_whom_it_could_harm(app):
    group = pens.group()
    other = join(group)
    prisoner = give(group)
    own = own_writer(group, prisoner)
    write(group)
    with transaction():
        assignments.block_pair(prisoner, volunteer_id=other.volunteer_id, reason="kept apart", actor=ACTOR)
    assert not skip(group)
    assert holder(group) == own.id


def test_nothing_is_due_while_somebody_is_on_the_way(app):
    group = pens.group()
    join(group)
    give(group)
    held = session.scalar(select(Assignment).where(Assignment.group_id == group.id))
    with transaction():
        held.held_since_on = clock.today()
    with transaction():
        rota.settle_all()
    assert turns(group) == []
    with transaction():
        held.held_since_on = None
    with transaction():
        assert rota.settle_all() == 1
    assert len(turns(group)) == 1


def test_closing_hands_everybody_back_and_ends_links_and_alarm(app):
    group = pens.group()
    join(group)
    give(group)
    give(group, make.facility())
    with transaction():
        token = invitations.invite(group.id, MemberRole.WRITER, actor=ACTOR)
    with pytest.raises(Conflict), transaction():
        groups.close_group(group.id, seen_version=group.version, seen_prisoners=1, actor=ACTOR)
    with transaction():
        assert groups.close_group(group.id, seen_version=group.version, seen_prisoners=2, actor=ACTOR) == 2
    assert (count_prisoners(group.id), turns(group), short_of_leads()) == (0, [], set())
    with pytest.raises(invitations.InvitationOver):
        invitations.find_invitation(token)
    with pytest.raises(groups.GroupClosed):
        join(group)
    with transaction():
        groups.reopen_group(group.id, seen_version=fresh(group).version, actor=ACTOR)
    assert fresh(group).state == GroupState.OPEN
    assert short_of_leads() == {f"group:{group.id}"}


def test_a_newcomer_reads_nothing_that_was_said_before_not_even_on_the_same_day(app):
    group = pens.group()
    first = join(group)
    prisoner = give(group)
    with transaction():
        early = threads.post_message(group.id, prisoner, first, "She likes chess.")
    second = join(group)
    with transaction():
        late = threads.post_message(group.id, prisoner, first, "I have sent a problem.")
    assert early.written_on == late.written_on

    def reads(member):
        rows = session.scalars(messages(group.id, prisoner, after=member.reads_after))
        return [threads.body_of(each) for each in rows]

    assert reads(first) == ["I have sent a problem.", "She likes chess."]
    assert reads(second) == ["I have sent a problem."]
    assert b"chess" not in early.body_sealed
    with pytest.raises(NotFound), transaction():
        threads.remove_message(group.id, early.public_id, member=second, actor=ACTOR)
    with pytest.raises(Forbidden), transaction():
        threads.remove_message(group.id, late.public_id, member=second, actor=ACTOR)
    with transaction():
        threads.remove_message(group.id, late.public_id, member=first, actor=ACTOR)


def test_whoever_left_says_nothing_more_and_a_thread_goes_with_its_prisoner(app):
    group = pens.group()
    member = join(group)
    prisoner, stranger = give(group), pens.addressee(make.facility())
    for text in ("", " \n ", "x" * 4001):
        with pytest.raises(threads.BadMessage), transaction():
            threads.post_message(group.id, prisoner, member, text)
    with pytest.raises(threads.NotHeld), transaction():
        threads.post_message(group.id, stranger.id, member, "Hello")
    with transaction():
        threads.post_message(group.id, prisoner, member, "Hello")
    with transaction():
        members.leave_group(group.id, member.volunteer_id, actor=ACTOR)
    with pytest.raises(Forbidden), transaction():
        threads.post_message(group.id, prisoner, member, "Am I still here?")
    with transaction():
        assert threads.forget_old(clock.today() + timedelta(days=200)) == 0
        assignments.relieve_group(group.id, actor=ACTOR)
        assert threads.forget_old(clock.today() + timedelta(days=89)) == 0
        assert threads.forget_old(clock.today() + timedelta(days=91)) == 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.sampled_from(list(MemberRole))),
        st.tuples(st.sampled_from(["leave", "skip", "write", "rest", "role", "take"]), st.integers(0, 9)),
        st.tuples(st.sampled_from(["give", "hold", "close", "open"]), st.integers(0, 9)),
    ),
    max_size=14,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_each_prisoner_has_one_turn_as_long_as_anybody_writes(app, steps):
    group, place = pens.group(capacity=50), make.facility()
    for word, which in [("give", 0), *steps]:
        take(group, place, word, which)
        able = [each for each in list_members(group.id) if each.takes_turns]
        is_open = fresh(group).state == GroupState.OPEN
        due = session.scalars(
            select(Assignment.id).where(
                Assignment.group_id == group.id, Assignment.state == "active", Assignment.held_since_on.is_(None),
                Assignment.volunteer_id.is_(None),
            )
        ).all()  # fmt: skip
        waiting = turns(group)
        assert sorted(each.assignment_id for each in waiting) == sorted(due if able and is_open else [])
        assert {each.volunteer_id for each in waiting} <= {each.volunteer_id for each in able}


def take(group: Group, place, word: str, which) -> None:
    belonging, waiting = list_members(group.id), turns(group)
    stored = fresh(group)
    member = belonging[which % len(belonging)] if belonging and isinstance(which, int) else None
    turn = waiting[which % len(waiting)] if waiting and isinstance(which, int) else None
    is_open = stored.state == GroupState.OPEN
    if word == "join" and is_open:
        join(group, which)
    elif word == "give" and is_open:
        give(group, place)
    elif word == "close" and is_open:
        with transaction():
            groups.close_group(
                group.id, seen_version=stored.version, seen_prisoners=count_prisoners(group.id), actor=ACTOR
            )
    elif word == "open" and not is_open:
        with transaction():
            groups.reopen_group(group.id, seen_version=stored.version, actor=ACTOR)
    elif word == "hold":
        with transaction():
            for each in session.scalars(select(Assignment).where(Assignment.group_id == group.id)):
                each.held_since_on = clock.today() if which % 2 else None
            rota.settle_all()
    elif member is not None and word in {"leave", "rest", "role"}:
        with transaction():
            if word == "leave":
                members.remove_member(group.id, member.id, actor=ACTOR, may_strand=True)
            elif word == "role":
                role = list(MemberRole)[which % 4]
                members.change_role(group.id, member.id, role, actor=ACTOR, may_strand=True)
            else:
                who = session.get(Volunteer, member.volunteer_id)
                who.state = VolunteerState.PAUSED if who.state == "active" else VolunteerState.ACTIVE
                session.flush()
                rota.settle_all()
    elif turn is not None and word in {"skip", "write", "take"}:
        with transaction():
            if word == "skip":
                rota.skip_turn(group.id, turn.id, turn.volunteer_id)
            elif word == "write":
                rota.report_written(group.id, turn.id, turn.volunteer_id, clock.today())
            else:
                able = [each for each in belonging if each.takes_turns]
                rota.give_turn(group.id, turn.id, able[which % len(able)].volunteer_id, actor=ACTOR)
