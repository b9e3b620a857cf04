"""The wider machine: whatever anybody and the clock do, no dead end, no double booking, nobody dropped."""

import os
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.registry import Change
from campaign.penpals.models import (
    LIVE,
    Assignment,
    AssignmentEvent,
    AssignmentState,
    AttentionEntry,
    EndReason,
    Group,
    GroupState,
    Health,
    Mark,
    PrisonerCare,
    WriterProfile,
)
from campaign.penpals.queries.addressees import find_addressee, find_most_writers
from campaign.penpals.queries.succession import needs_successor
from campaign.penpals.service import assignments
from campaign.penpals.service.assignments import consequences, letters
from campaign.penpals.service.assignments.moves import STEPS
from campaign.penpals.service.assignments.running import finish
from campaign.penpals.service.assignments.succession import OVER_FOR_GOOD
from campaign.people.models import Volunteer, VolunteerState
from campaign.prisoners.models import LibertyStatus
from tests.support import pens
from tests.support.database import truncate
from workers.lines.penpals import turn_assignments

S = AssignmentState
ONE = st.integers(0, 2)
EXAMPLES, STEPS_EACH = (int(each) for each in os.environ.get("MACHINE", "8x25").split("x"))
ANSWERS = ("accept", "decline", "withdraw", "accept", "accept", "resume")
HAPPENS = ("in_transit", "transferred", "transferred", "transferred", "released", "died")
HELD = {"in_transit", "whereabouts_unknown"}


def as_it_is(each):
    return each.last_letter_on, each.next_letter_on, each.health, each.state, each.paused_until


class Letters(RuleBasedStateMachine):
    """Three writers, two groups, three prisoners of whom two can take one writer; a clock that goes on."""

    writers: list[uuid.UUID]
    groups: list[uuid.UUID]
    people: list[uuid.UUID]
    shift: timedelta
    steps = lapsed = taken_over = taken_up = 0

    @initialize()
    def begin(self):
        session.rollback()
        truncate(["assignment", "pair_block", "attention_entry", "audit_entry", "mail"])
        session.execute(text("UPDATE liberty_status SET status = 'serving_colony'"))
        session.execute(text("UPDATE custody SET verified_on = current_date + 3000"))
        session.execute(text("UPDATE volunteer SET state = 'active'"))
        session.execute(text("UPDATE writer_profile SET capacity = 2"))
        session.execute(text("UPDATE pen_group SET state = 'open', capacity = 2"))
        session.commit()
        type(self).shift = timedelta(0)
        self.has_begun = True
        for number in range(3):
            self.offer_and_yes(number, number)

    def attempt(self, call):
        """Do it as a view does; a refusal changes nothing. Gives what came of it, or None."""
        type(self).steps += 1
        before = self.fingerprint()
        try:
            with transaction():
                return call()
        except DomainError:
            session.expire_all()
            assert self.fingerprint() == before
            return None

    def fingerprint(self):
        found = session.execute(select(func.count(AssignmentEvent.id), func.max(AssignmentEvent.id))).one()
        session.rollback()
        return tuple(found)

    def some(self, number):
        ids = session.scalars(select(Assignment.id).order_by(Assignment.created_on, Assignment.id)).all()
        session.rollback()
        return ids[number % len(ids)] if ids else uuid.uuid4()

    @rule(w=ONE, p=ONE, twice=st.booleans())
    def offer(self, w, p, twice):
        for _ in range(2 if twice else 1):
            made = self.attempt(lambda: assignments.offer(self.people[p], self.writers[w], actor=None))
            if made is not None:
                assert self.live_of(self.writers[w]) <= self.capacity(self.writers[w])

    @rule(g=st.integers(0, 1), p=ONE)
    def give(self, g, p):
        was = self.live(Assignment.prisoner_id == self.people[p], Assignment.volunteer_id.is_(None))
        if self.attempt(lambda: assignments.give_to_group(self.people[p], self.groups[g], actor=None)):
            assert all(each.health == Health.LAPSED for each in was), "only what lapsed gives way"

    @rule(number=st.integers(0, 30), what=st.sampled_from(ANSWERS))
    def answer(self, number, what):
        key = self.some(number)
        for _ in range(2):
            self.attempt(lambda: getattr(assignments, what)(key, actor=None))

    @rule(w=ONE, p=ONE)
    def offer_and_yes(self, w, p):
        made = self.attempt(lambda: assignments.offer(self.people[p], self.writers[w], actor=None))
        if made is not None:
            self.attempt(lambda: assignments.accept(made.id, actor=None))

    @rule(number=st.integers(0, 30), w=ONE, agrees=st.booleans())
    def somebody_is_asked_to_go_on(self, number, w, agrees):
        lapsed = sorted((each.id, each.prisoner_id) for each in self.live(Assignment.health == Health.LAPSED))
        if lapsed:
            person = self.people.index(lapsed[number % len(lapsed)][1])
            self.offer_and_yes(w, person) if agrees else self.offer(w, person, twice=False)

    @rule(number=st.integers(0, 30), ago=st.integers(0, 9))
    def letter(self, number, ago):
        self.a_letter_of(self.some(number), ago)

    @rule(number=st.integers(0, 30))
    def letter_after_long(self, number):
        """Somebody who lapsed writes again, if anybody has."""
        lapsed = sorted(each.id for each in self.live(Assignment.health == Health.LAPSED))
        if lapsed:
            self.a_letter_of(lapsed[number % len(lapsed)], 0)

    def a_letter_of(self, key, ago):
        was = session.scalar(select(Assignment.health).where(Assignment.id == key))
        session.rollback()
        for _ in range(2):
            if self.attempt(lambda: assignments.note_letter(key, clock.today() - timedelta(days=ago))):
                assert session.get_one(Assignment, key).health == Health.FINE
                type(self).taken_up += was == Health.LAPSED
                session.rollback()

    @rule(number=st.integers(0, 30), ago=st.integers(0, 20), meanwhile=st.booleans())
    def letter_that_was_a_slip(self, number, ago, meanwhile):
        """Noted and taken back: as if it had not been, but for what happened meanwhile."""
        key = self.some(number)
        found = session.get(Assignment, key)
        if found is None or found.volunteer_id is None:
            return session.rollback()
        before, writer, on = as_it_is(found), found.volunteer_id, clock.today() - timedelta(days=ago)
        entries = self.entries()
        session.rollback()
        if self.attempt(lambda: letters.report_letter(key, on, volunteer_id=writer, actor=None)) is None:
            return None
        if self.entries() == entries:
            return None
        if meanwhile:
            self.pause(number, 5)
        assert self.attempt(lambda: letters.take_back_letter(key, volunteer_id=writer, actor=None)) == on
        assert self.entries() == entries
        after = as_it_is(session.get_one(Assignment, key))
        session.rollback()
        assert after[0] == before[0], "the day of the last letter"
        assert meanwhile or after == before
        return None

    def entries(self):
        found = set(session.scalars(select(AttentionEntry.source_id)))
        session.rollback()
        return found

    @rule(number=st.integers(0, 30), days=st.integers(-1, 90))
    def pause(self, number, days):
        key = self.some(number)
        self.attempt(lambda: assignments.pause(key, clock.today() + timedelta(days=days), actor=None))

    @rule(number=st.integers(0, 30), reason=st.sampled_from((EndReason.CAPACITY, EndReason.SAFETY)), more=st.booleans())
    def end(self, number, reason, more):
        key = self.some(number)
        self.attempt(lambda: assignments.end(key, reason, actor=None, wants_another=more))

    @rule(w=ONE, capacity=st.integers(0, 3))
    def change_capacity(self, w, capacity):
        self.attempt(lambda: setattr(session.get_one(WriterProfile, self.writers[w]), "capacity", capacity))

    @rule(w=ONE, state=st.sampled_from((VolunteerState.ACTIVE, VolunteerState.PAUSED, VolunteerState.PROBATION)))
    def change_writer(self, w, state):
        def change():
            session.get_one(Volunteer, self.writers[w]).state = state
            if state is VolunteerState.PAUSED:
                assignments.pause_writer(self.writers[w], clock.today() + timedelta(days=20), actor=None)
            else:
                assignments.resume_writer(self.writers[w], actor=None)

        self.attempt(change)

    @rule(w=ONE)
    def writer_leaves(self, w):
        def leave():
            assignments.relieve_writer(self.writers[w], actor=None)
            session.get_one(Volunteer, self.writers[w]).state = VolunteerState.INACTIVE

        self.attempt(leave)
        assert self.live_of(self.writers[w]) == 0

    @rule(g=st.integers(0, 1), state=st.sampled_from(GroupState))
    def open_or_close(self, g, state):
        def change():
            session.get_one(Group, self.groups[g]).state = state
            session.flush()
            if state is GroupState.CLOSED:
                assignments.relieve_group(self.groups[g], actor=None)

        self.attempt(change)

    @rule(p=ONE, kind=st.sampled_from(HAPPENS), undone=st.booleans())
    def something_happens(self, p, kind, undone):
        person = self.people[p]
        statuses = {"transferred": "serving_colony", "in_transit": "in_transit", "released": "released", "died": "died"}
        was = self.status(person)
        change = Change(uuid.uuid4(), person, kind, clock.today(), "day", {}, None)
        done = []
        for each in (consequences.HOLD, consequences.FREE, consequences.END):
            with transaction():
                amount = each.preview(change).amount
            if amount:
                with transaction():
                    applied = each.apply(change)
                assert applied.amount == amount, "what was shown beforehand is what is done"
                done.append((each, applied))
        self.set_status(person, statuses[kind])
        if undone:
            for each, applied in done:
                with transaction():
                    each.undo(change, applied.memory)
            self.set_status(person, was)

    @rule(days=st.integers(1, 40))
    def time_goes_on(self, days):
        type(self).shift += timedelta(days=days)
        turn_assignments()
        count = self.events()
        turn_assignments()
        assert self.events() == count, "a turn twice is a turn once"
        for person in self.people:
            if self.status(person) in HELD:
                assert all(each.held_since_on for each in self.live(Assignment.prisoner_id == person))
            if self.status(person) in {"released", "died"}:
                assert self.live(Assignment.prisoner_id == person) == []

    @invariant()
    def nobody_has_more_writers_than_they_can_take(self):
        for person in self.people:
            live = self.live(Assignment.prisoner_id == person, Assignment.volunteer_id.is_not(None))
            places = [each for each in live if each.holds_place]
            assert len(places) <= find_most_writers(person)
            assert find_addressee(person, clock.today()).writers == len(places)
        session.rollback()

    @invariant()
    def what_lapsed_is_looked_after(self):
        """It is looked for a successor, or somebody was asked; and whom it was ended for is known, or the place is
        filled."""
        waiting = set(session.scalars(select(Assignment.id).where(needs_successor())))
        everything = list(session.scalars(select(Assignment)))
        follows = {each.successor_of_id for each in everything}
        for each in everything:
            if each.health == Health.LAPSED:
                assert each.is_live
                assert each.id in waiting or each.id in follows
            if each.end_reason == EndReason.LOST_CONTACT:
                marks = session.scalars(select(AssignmentEvent.reason).filter_by(assignment_id=each.id))
                assert each.id in follows or Mark.SUCCESSOR_SETTLED in set(marks)
        type(self).lapsed += any(each.health == Health.LAPSED for each in everything)
        type(self).taken_over += any(each.end_reason == EndReason.LOST_CONTACT for each in everything)
        session.rollback()

    @invariant()
    def nobody_is_given_twice(self):
        pairs = select(Assignment.volunteer_id, Assignment.prisoner_id).where(
            Assignment.state.in_(LIVE), Assignment.volunteer_id.is_not(None)
        )
        found = list(session.execute(pairs))
        assert len(found) == len(set(found))
        of_groups = list(
            session.scalars(
                select(Assignment.prisoner_id).where(Assignment.state.in_(LIVE), Assignment.volunteer_id.is_(None))
            )
        )
        assert len(of_groups) == len(set(of_groups))
        session.rollback()

    @invariant()
    def each_step_has_its_event(self):
        chains: dict[uuid.UUID, list[AssignmentEvent]] = {}
        for event in session.scalars(select(AssignmentEvent).order_by(AssignmentEvent.id)):
            chains.setdefault(event.assignment_id, []).append(event)
        for each in session.scalars(select(Assignment)):
            chain = chains[each.id]
            assert [event.was for event in chain] == ["", *(event.now for event in chain[:-1])]
            assert chain[-1].now == each.state
            if each.state == S.ENDED and each.end_reason not in OVER_FOR_GOOD:
                assert Mark.SUCCESSOR_ASKED in {event.reason for event in chain}, "nobody is dropped without a word"
        session.rollback()

    @invariant()
    def everything_that_lives_can_end(self):
        for each in self.live():
            assert STEPS[S(each.state)], "no dead end"
            finish(each, EndReason.OTHER, actor=None)
            assert each.state not in LIVE
            session.rollback()

    def teardown(self):
        if not hasattr(self, "has_begun"):
            return
        for person in self.people:
            self.set_status(person, "serving_colony")
        turn_assignments()
        type(self).shift += timedelta(days=31)
        turn_assignments()
        assert not [each for each in self.live() if each.state == S.OFFERED], "each offer is answered or runs out"
        session.rollback()

    def live(self, *which):
        return list(session.scalars(select(Assignment).where(Assignment.state.in_(LIVE), *which)))

    def live_of(self, writer):
        found = len(self.live(Assignment.volunteer_id == writer))
        session.rollback()
        return found

    def capacity(self, writer):
        found = session.scalar(select(WriterProfile.capacity).where(WriterProfile.volunteer_id == writer))
        session.rollback()
        return found

    def events(self):
        found = session.scalar(select(func.count()).select_from(AssignmentEvent))
        session.rollback()
        return found

    def status(self, person):
        found = session.scalar(select(LibertyStatus.status).where(LibertyStatus.prisoner_id == person))
        session.rollback()
        return found

    def set_status(self, person, status):
        with transaction():
            session.query(LibertyStatus).filter_by(prisoner_id=person).update({"status": status})
        session.expire_all()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nobody_is_dropped_given_twice_or_left_without_an_end(app, monkeypatch):
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + Letters.shift)
    Letters.shift = timedelta(0)
    Letters.steps = Letters.lapsed = Letters.taken_over = Letters.taken_up = 0
    Letters.writers = [pens.writer(promise_days=days).id for days in (7, 10, 30)]
    Letters.groups = [pens.group().id for _ in range(2)]
    Letters.people = [pens.addressee().id for _ in range(3)]
    with transaction():
        for person in Letters.people[:2]:
            session.add(PrisonerCare(prisoner_id=person, most_writers=1, changed_on=clock.today()))
    quick = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS_EACH, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip
    run_state_machine_as_test(Letters, settings=quick)
    assert Letters.steps > 100
    assert Letters.lapsed, "the rules reach what they are about"
